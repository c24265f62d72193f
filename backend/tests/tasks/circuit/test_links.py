"""Where a worker goes for a link; where it doesn't is under attacks."""

import pytest

from neuroagent.tasks.circuit.errors import LinkRefused
from neuroagent.tasks.circuit.links import LinkRules, destination, resolve, unchecked

PUBLIC = "93.184.215.14"


def test_a_host_is_allowed_by_its_name_or_with_all_below_it() -> None:
    by_name = LinkRules(("data.example.org",), resolve=lambda *_: [PUBLIC])
    below = LinkRules((".example.org",), resolve=lambda *_: [PUBLIC])

    assert destination("https://data.example.org/c?sig=1", by_name).target == "/c?sig=1"
    assert destination("https://data.example.org", below).target == "/"
    with pytest.raises(LinkRefused, match=r"not among those that links may lead to \(data\.example\.org\)"):
        destination("https://other.example.org/c", by_name)


def test_a_link_of_our_own_store_goes_where_it_says() -> None:
    to = unchecked("http://10.0.0.7:9000/bucket/key?sig=1")

    assert (to.address, to.port, to.target, to.tls) == ("10.0.0.7", 9000, "/bucket/key?sig=1", False)


def test_a_host_that_is_not_there_is_named() -> None:
    with pytest.raises(LinkRefused, match=r"'no-such-host\.invalid' can't be found"):
        resolve("no-such-host.invalid", 443)
