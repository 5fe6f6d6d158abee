"""A request from outside, as far as entries look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlsplit

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Request:
    """What a visitor asks for; the names of headers in small letters."""

    host: str
    target: str = "/"
    """Path and query."""
    scheme: str = "https"
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"

    @property
    def port(self) -> int:
        return PORTS[self.scheme]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path or "/"

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in SimpleCookie(self.headers.get("cookie", "")).items()}
