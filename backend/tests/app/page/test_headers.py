"""What a browser may do on our page."""

from neuroagent.app.page.headers import headers_of_the_page


def policy(store: str = "http://127.0.0.1:8078") -> dict[str, str]:
    parts = headers_of_the_page(store)["content-security-policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def test_only_our_own_scripts_run() -> None:
    assert policy()["script-src"] == "'self'"
    assert policy()["default-src"] == "'none'"


def test_nobody_frames_it_and_no_form_leads_elsewhere() -> None:
    assert policy()["frame-ancestors"] == "'none'"
    assert policy()["form-action"] == "'self'"


def test_files_come_from_the_store_also_when_that_is_elsewhere() -> None:
    assert "https://s3.example" in policy("https://s3.example/some/path")["connect-src"].split()
    assert "https://s3.example" in policy("https://s3.example")["img-src"].split()


def test_a_store_that_is_no_address_adds_nothing() -> None:
    assert policy("javascript:alert(1)")["connect-src"] == "'self'"
