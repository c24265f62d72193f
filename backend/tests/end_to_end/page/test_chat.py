"""The conversation in a real browser: figures, a reload in mid-answer, a lost network, branches, a stop."""

import re
from pathlib import Path

import pytest
from end_to_end.page.visits import FIGURE, SLOW, System

pytestmark = pytest.mark.xdist_group("page")  # one system serves them all


def test_a_script_draws_a_figure(system: System) -> None:
    with system.visit() as visit:
        visit.ask(FIGURE)

        bars = visit.page.locator(".plot svg .barlayer .point path")
        bars.first.wait_for()
        heights = [box["height"] for bar in bars.all() if (box := bar.bounding_box())]

    assert [round(height / heights[1]) for height in heights] == [3, 1, 2]


def test_a_figure_s_data_can_be_taken_away(system: System) -> None:
    with system.visit() as visit:
        visit.ask(FIGURE)
        with visit.page.expect_download() as told:
            visit.page.get_by_role("button", name="CSV").click()
        saved = Path(told.value.path()).read_text()
        with visit.page.expect_download() as drawn:
            visit.page.get_by_role("button", name="PNG").click()
        image = Path(drawn.value.path()).read_bytes()

    assert saved.splitlines() == ["trace,x,y", "trace 1,a,3", "trace 1,b,1", "trace 1,c,2"]
    assert image.startswith(b"\x89PNG")


def test_a_reload_in_mid_answer_goes_on(system: System) -> None:
    with system.visit() as visit:
        visit.ask(SLOW)
        visit.page.get_by_text("line 1").first.wait_for()
        visit.page.reload()

        visit.page.get_by_role("button", name="Cancel").wait_for()
        visit.page.get_by_text("line 0").first.wait_for()
        visit.until_answered()

        [answer] = visit.answers()
    assert "line 7" in answer


def test_a_lost_network_is_said_and_the_answer_goes_on(system: System) -> None:
    with system.visit() as visit:
        visit.ask(SLOW)
        visit.page.get_by_text("line 0").first.wait_for()
        visit.page.context.set_offline(True)
        visit.page.get_by_text("The connection is lost.").wait_for()
        visit.page.context.set_offline(False)

        visit.page.get_by_text("The connection is lost.").wait_for(state="hidden")
        visit.until_answered()

        [answer] = visit.answers()
    assert "line 7" in answer


def test_a_stop_keeps_what_was_there(system: System) -> None:
    with system.visit() as visit:
        visit.ask(SLOW)
        visit.page.get_by_text("line 0").first.wait_for()
        visit.page.get_by_role("button", name="Stop the answer").click()

        visit.page.get_by_text("You stopped this answer.").wait_for()
        visit.page.reload()

        visit.page.get_by_text("You stopped this answer.").wait_for()


def test_what_is_written_meanwhile_waits_and_can_be_taken_back(system: System) -> None:
    with system.visit() as visit:
        visit.ask(SLOW)
        visit.page.get_by_text("line 0").first.wait_for()
        for text in ("/python\n'second'", "/python\n'third'"):
            visit.page.get_by_label("Message", exact=True).fill(text)
            visit.page.get_by_role("button", name="Queue").click()
            visit.page.locator(".queue li", has_text=text[-6:]).wait_for()
        visit.page.locator(".queue li", has_text="third").get_by_role("button", name="Take back").click()
        visit.page.locator(".queue li", has_text="third").wait_for(state="detached")

        visit.page.locator(".message.assistant", has_text="second").wait_for()
        visit.until_answered()

        assert [re.search("third", answer) for answer in visit.answers()] == [None, None]


def test_an_edit_makes_a_branch_and_both_stay(system: System) -> None:
    with system.visit() as visit:
        visit.ask("/python\n1 + 1")
        visit.until_answered()
        visit.page.get_by_role("button", name="Edit", exact=True).click()
        visit.page.get_by_label("Edit the message").fill("/python\n20 + 22")
        visit.page.get_by_role("button", name="Ask this instead").click()
        visit.page.get_by_text("2 / 2").wait_for()
        assert "42" in visit.answers()[0]

        visit.page.get_by_role("button", name="The version before").click()

        visit.page.get_by_text("1 / 2").wait_for()
        assert "42" not in visit.answers()[0]


def test_another_answer_stands_beside_the_first(system: System) -> None:
    with system.visit() as visit:
        visit.ask("/python\n6 * 7")
        visit.until_answered()

        visit.page.get_by_role("button", name="Answer again").click()

        visit.page.locator(".message.assistant").get_by_text("2 / 2").wait_for()


def test_words_of_a_tool_run_nothing_and_load_nothing(system: System) -> None:
    picture, disguise, script = (
        "![i](https://evil.example/i.png)",
        "[bank](https://evil.example)",
        "[j](javascript:alert(1))",
    )
    hostile = f"<img src=x onerror=alert(1)> {picture} {disguise} {script}"
    with system.visit() as visit:
        asked: list[str] = []
        visit.page.on("request", lambda request: asked.append(request.url))
        visit.page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
        visit.ask(f"/python\nprint({hostile!r})")
        visit.until_answered()

        prose = visit.page.locator(".message.assistant .prose").last
        prose.get_by_text("(evil.example)").first.wait_for()

        assert prose.locator("img").count() == 0
        assert prose.locator("a[href^='javascript']").count() == 0
        assert [url for url in asked if not url.startswith(visit.url)] == []


def test_a_thread_is_renamed_deleted_and_brought_back(system: System) -> None:
    with system.visit() as visit:
        visit.ask("/python\n'to be renamed'")
        visit.until_answered()
        visit.page.locator(".threads li.open").hover()
        visit.page.locator(".threads li.open").get_by_role("button", name="Rename").click()
        visit.page.get_by_label("The thread's name").fill("Mine")
        visit.page.keyboard.press("Enter")
        visit.page.get_by_role("link", name="Mine", exact=True).wait_for()

        visit.page.locator(".threads li.open").hover()
        visit.page.get_by_role("button", name="Delete “Mine”").click()
        visit.page.get_by_role("link", name="Mine", exact=True).wait_for(state="detached")
        visit.page.get_by_role("button", name="Undo").click()

        visit.page.get_by_role("link", name="Mine", exact=True).wait_for()
        visit.page.get_by_text("to be renamed").first.wait_for()


def test_keys_alone_will_do(system: System) -> None:
    with system.visit() as visit:
        visit.page.get_by_label("Message", exact=True).wait_for()
        visit.page.keyboard.type("/python")
        visit.page.keyboard.press("Shift+Enter")
        visit.page.keyboard.type("11 * 11")
        visit.page.keyboard.press("Enter")
        visit.until_answered()
        assert "121" in visit.answers()[0]

        visit.page.keyboard.press("Control+Shift+O")

        visit.page.get_by_role("heading", name="What shall we find out?").wait_for()


def test_an_expired_sign_in_asks_for_another(system: System) -> None:
    with system.visit() as visit:
        visit.page.context.clear_cookies()
        visit.page.reload()

        visit.page.get_by_role("heading", name="Sign in").wait_for()
