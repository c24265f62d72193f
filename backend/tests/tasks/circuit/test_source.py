"""From what a job points at to its bytes."""

from dataclasses import replace
from hashlib import sha256

import pytest
from circuit_web import site
from tasks.jobs import download_grant, job

from neuroagent.task_schemas.circuit import CircuitFile, CircuitLink
from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.files import StoredFile
from neuroagent.tasks.circuit.errors import LinkRefused, TooLarge
from neuroagent.tasks.circuit.links import LinkRules
from neuroagent.tasks.circuit.source import opener
from neuroagent.tasks.runtime.report import Report

FILE = StoredFile(
    key="circuits/1/c.csv", name="c.csv", media_type="text/csv", size=7, sha256=sha256(b"content").hexdigest()
)


def test_a_stored_file_is_read_by_the_leave_that_came_with_the_job(report: Report) -> None:
    with site() as web:
        granted = replace(report, job=job(downloads={FILE.key: download_grant(FILE, web.url())}))
        with opener(CircuitFile(file=FILE), granted, LinkRules(), 100)() as download:
            assert b"".join(download.chunks()) == b"content"


def test_without_leave_nothing_is_read(report: Report) -> None:
    with pytest.raises(TaskError, match=r"no leave to read 'c.csv'"):
        opener(CircuitFile(file=FILE), report, LinkRules(), 100)


def test_a_link_goes_where_the_rules_let_it_and_no_larger(report: Report) -> None:
    with site() as web:
        link = CircuitLink(url=web.url(), name="c.csv")

        with opener(link, report, LinkRules(loopback=True), 100)() as download:
            assert b"".join(download.chunks()) == b"content"
        with pytest.raises(LinkRefused):
            opener(link, report, LinkRules(), 100)()
        with pytest.raises(TooLarge, match="at most 5"):
            opener(link, report, LinkRules(loopback=True), 5)()


def test_a_link_that_ran_out_is_asked_for_once_more(report: Report) -> None:
    with site() as web:
        web.expired.add("/old")
        asked: list[str] = []

        def again(renewal: str) -> str:
            asked.append(renewal)
            return web.url("/new")

        link = CircuitLink(url=web.url("/old"), name="c.csv", renewal="link:1")
        with opener(link, replace(report, renew_link=again), LinkRules(loopback=True), 100)() as download:
            assert b"".join(download.chunks()) == b"content"

    assert (asked, web.asked) == (["link:1"], ["/old", "/new"])
