"""Links that lead where a worker must not go: refused before a connection is made."""

import pytest

from neuroagent.tasks.circuit.errors import LinkRefused
from neuroagent.tasks.circuit.links import LinkRules, destination

BUCKET = "bucket.s3.example.org"
ADDRESSES = {
    BUCKET: ["93.184.215.14"],
    "two-faced.s3.example.org": ["93.184.215.14", "10.0.0.1"],
    "inside.s3.example.org": ["192.168.1.1"],
    "mapped.s3.example.org": ["::ffff:127.0.0.1"],
    "translated.s3.example.org": ["64:ff9b::7f00:1"],
    "tunnel.s3.example.org": ["2002:7f00:1::"],
    "many.s3.example.org": ["224.0.0.1"],
    "carrier.s3.example.org": ["100.64.0.1"],
    "metadata.s3.example.org": ["169.254.169.254"],
    "metadata6.s3.example.org": ["fd00:ec2::254"],
    "scoped.s3.example.org": ["fe80::1%eth0"],
    "nowhere.s3.example.org": ["0.0.0.0"],
    "nobody.s3.example.org": [],
    "future.s3.example.org": ["240.0.0.1"],
    "evil.example": ["93.184.215.14"],
    "s3.example.org.evil.example": ["93.184.215.14"],
    "evils3.example.org": ["93.184.215.14"],
    "localhost": ["127.0.0.1"],
}
RULES = LinkRules(hosts=(".s3.example.org",), resolve=lambda host, _: ADDRESSES.get(host, [host]))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://bucket.s3.example.org/x",
        "gopher://bucket.s3.example.org/x",
        "http://bucket.s3.example.org/x",
        "//bucket.s3.example.org/x",
        "bucket.s3.example.org/x",
        "https://",
        "https:///x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://[::1]/x",
        "https://[::ffff:169.254.169.254]/latest",
        "https://[v1.x]/",
        "https://[::1",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/x",
        "https://bucket.s3.example.org:22/x",
        "https://bucket.s3.example.org:99999/x",
        "https://bucket.s3.example.org:x/",
        "https://user@bucket.s3.example.org/x",
        "https://user:password@bucket.s3.example.org/x",
        "https://bucket.s3.example.org@evil.example/x",
        "https://evil.example\\@bucket.s3.example.org/x",
        "https://evil.example#@bucket.s3.example.org/x",
        "https://s3.example.org.evil.example/x",
        "https://evils3.example.org/x",
        "https://bucket.s3.example.org/x y",
        "https://bucket.s3.example.org/x\r\nHost: evil.example",
        "https://bucket.s3.example.org/\x00",
        "https://bücket.s3.example.org/x",
        *(f"https://{host}/x" for host in ADDRESSES if host not in {BUCKET, "localhost"}),
        "https://bucket.s3.example.org/" + "x" * 9_000,
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(LinkRefused):
        destination(url, RULES)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "93.184.215.14"])
def test_leave_for_loopback_is_for_loopback_alone(address: str) -> None:
    rules = LinkRules(loopback=True, resolve=lambda *_: [address])

    with pytest.raises(LinkRefused):
        destination("http://somewhere/x", rules)


def test_loopback_needs_its_setting() -> None:
    with pytest.raises(LinkRefused):
        destination("http://localhost:8000/x", RULES)

    allowed = LinkRules(loopback=True, resolve=RULES.resolve)
    assert destination("http://localhost:8000/x", allowed).address == "127.0.0.1"


def test_nothing_is_allowed_until_somebody_allows_it() -> None:
    with pytest.raises(LinkRefused, match=r"\(none\)"):
        destination(f"https://{BUCKET}/x", LinkRules(resolve=RULES.resolve))


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    rules = LinkRules(hosts=(".s3.example.org",), resolve=lambda *_: next(answers))

    to = destination(f"https://{BUCKET.upper()}./key?X-Signature=1", rules)

    assert (to.host, to.address, to.port, to.target) == (BUCKET, "93.184.215.14", 443, "/key?X-Signature=1")
