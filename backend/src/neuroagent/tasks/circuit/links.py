"""Where a worker goes for a link that somebody gave it: out into the world, to hosts that are allowed, nowhere else."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from neuroagent.tasks.circuit.errors import LinkRefused

HTTPS: Final = 443
LONGEST: Final = 8_000
# Addresses that a translator between the two kinds of networks would turn into others.
TRANSLATED: Final = tuple(ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise LinkRefused(f"The host {host[:200]!r} can't be found.") from error
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True)
class LinkRules:
    """`hosts` by name, or with a dot in front for all below it; `loopback` is for development."""

    hosts: tuple[str, ...] = ()
    loopback: bool = False
    resolve: Resolve = resolve


@dataclass(frozen=True)
class Destination:
    """A host, and the one address of it that was looked at: the connection goes there, whatever its name says later."""

    host: str
    port: int
    address: str
    target: str
    tls: bool


def destination(url: str, rules: LinkRules) -> Destination:
    place = _parsed(url)
    host = (place.hostname or "").rstrip(".").lower()
    port = _port(place)
    addresses = [_address(each) for each in rules.resolve(host, port)] if host else []
    if rules.loopback and addresses and all(address.is_loopback for address in addresses):
        return _to(place, host, port, addresses[0])
    if place.scheme != "https":
        raise LinkRefused(f"A link starts with https://, not with {place.scheme[:20]}://.")
    if port != HTTPS:
        raise LinkRefused(f"A link leads to port {HTTPS}, not to {port}.")
    if not any(_matches(host, allowed) for allowed in rules.hosts):
        known = ", ".join(rules.hosts) or "none"
        raise LinkRefused(f"The host {host[:200]!r} is not among those that links may lead to ({known}).")
    if not addresses or not all(_is_public(address) for address in addresses):
        raise LinkRefused(f"The host {host[:200]!r} has an address that is not a public one.")
    return _to(place, host, port, addresses[0])


def unchecked(url: str) -> Destination:
    """For a link that our own app signed: where it says."""
    place = _parsed(url)
    host, port = place.hostname or "", _port(place)
    return Destination(host, port, host, _target(place), place.scheme == "https")


def _parsed(url: str) -> SplitResult:
    if len(url) > LONGEST or any(letter <= " " or letter == "\\" or letter > "~" for letter in url):
        raise LinkRefused("A link has no spaces, control characters, backslashes or letters outside ASCII in it.")
    try:
        place = urlsplit(url)
        _ = place.port
    except ValueError as error:
        raise LinkRefused(f"This is not a link: {error}.") from error
    if place.username is not None or place.password is not None:
        raise LinkRefused("A link has no user name or password in it.")
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise LinkRefused("A link starts with https:// and the name of a host.")
    return place


def _port(place: SplitResult) -> int:
    return place.port if place.port is not None else HTTPS if place.scheme == "https" else 80


def _to(place: SplitResult, host: str, port: int, address: Address) -> Destination:
    return Destination(host, port, str(address), _target(place), place.scheme == "https")


def _target(place: SplitResult) -> str:
    return f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"


def _matches(host: str, allowed: str) -> bool:
    return host.endswith(allowed.lower()) if allowed.startswith(".") else host == allowed.lower()


def _address(written: str) -> Address:
    try:
        address = ip_address(written.partition("%")[0])
    except ValueError as error:
        raise LinkRefused(f"{written[:100]!r} is not the address of a host.") from error
    mapped: Any = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _is_public(address: Address) -> bool:
    translated = any(address in network for network in TRANSLATED if network.version == address.version)
    return address.is_global and not address.is_multicast and not address.is_reserved and not translated
