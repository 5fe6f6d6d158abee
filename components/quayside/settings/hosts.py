"""Names in DNS as settings write them: domains, whole host names, short ones that the stack's domain completes, and paths."""

import difflib
import ipaddress
from collections.abc import Mapping

from quayside.settings.text import Text

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""One label of a DNS name, as a pattern."""

EVERYWHERE: Mapping[str, str] = {"/": "Prefix"}
"""Paths that lead to a service where nothing is said of them: all."""

APEX = "@"
"""Short for the domain itself."""


class Domain(Text):
    """A domain: at least two labels."""

    pattern = rf"(?=.{{4,253}}$)({LABEL}\.)+[a-z]([-a-z0-9]{{0,61}}[a-z0-9])"
    wrong = "is not a domain"
    write = "write it in small letters and without a protocol, such as example.com"
    examples = ("example.com",)


class Host(Domain):
    """A whole host name."""

    wrong = "is not a host name"
    write = "write it in small letters and without a protocol or path, such as shop.example.com"
    examples = ("shop.example.com",)


class HostKey(Text):
    """A host: one label, which the stack's domain completes, @ for the domain itself, or a whole host name."""

    pattern = rf"{APEX}|{LABEL}|{Domain.pattern}"
    wrong = "is not a host name"
    write = "write one label such as shop (the domain is added), @ for the domain itself, or a whole name such as shop.example.com"
    examples = ("shop", "@", "shop.example.com")


class RecordName(Text):
    """The name of a record: as a host, and with the underscores and the asterisk that no host has."""

    _part = r"_?[a-z0-9]([-_a-z0-9]{0,60}[a-z0-9])?"
    pattern = rf"{APEX}|\*|(\*\.)?({_part}\.)*{_part}"
    wrong = "is not the name of a record"
    write = (
        "write one label such as _dmarc (the domain is added), @ for the domain itself, or a whole name such as mail._domainkey.example.com"
    )
    examples = ("shop", "_dmarc", "@", "mail._domainkey.example.com")


class Target(Text):
    """Where a name leads: a host name or an IPv4 address."""

    pattern = rf"{Domain.pattern}|([0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}"
    wrong = "is neither a host name nor an IPv4 address"
    write = "write what the front end's provider shows, such as acme.netlify.app or 203.0.113.10"
    examples = ("acme.netlify.app", "203.0.113.10")

    @classmethod
    def further(cls, value: str) -> bool:
        return not value[-1].isdigit() or is_address(value, 4)


class HostPath(Text):
    """The beginning of a URL's path."""

    pattern = r"/[A-Za-z0-9._/-]*"
    wrong = "is not a path"
    write = "write a slash and what follows the host name, without //, /./ and /../, such as / or /api"
    examples = ("/", "/api")

    @classmethod
    def further(cls, value: str) -> bool:
        # what the API server refuses in an Ingress: invalidPathSequences and invalidPathSuffixes of its validation
        return not any(sequence in value for sequence in ("//", "/./", "/../")) and not value.endswith(("/.", "/.."))


class Email(Text):
    """An address of electronic mail."""

    pattern = r"[^@\s]+@[^@\s]+\.[^@\s]+"
    wrong = "is not an e-mail address"
    write = "write one that is read, such as ops@example.com"
    examples = ("ops@example.com",)


def whole(key: str, domain: str) -> str:
    """The whole name of a host: `shop` and `@` are completed by the domain, a name with dots stands for itself."""
    if key == APEX:
        return domain
    return key if "." in key else f"{key}.{domain}"


def within(host: str, zone: str) -> bool:
    """Whether a host is a zone or lies below it."""
    return host == zone or host.endswith(f".{zone}")


def depth(host: str, zone: str) -> int:
    """How many labels a host lies below a zone: 0 for the zone itself, 1 for www.<zone>."""
    return host.count(".") - zone.count(".")


def nearest(host: str, zone: str) -> str | None:
    """The host of the zone that was probably meant by one outside of it: the same but for a slip in the zone's part."""
    labels, count = host.split("."), zone.count(".") + 1
    end = ".".join(labels[-count:])
    # 0.8: shop.exmaple.com and shop.example.org are near example.com, shop.acme.com is not
    if len(labels) < count or difflib.SequenceMatcher(None, end, zone).ratio() < 0.8:
        return None
    return ".".join([*labels[:-count], zone])


def is_address(text: str, version: int) -> bool:
    """Whether it is an IP address of that version."""
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False
