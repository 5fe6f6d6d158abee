"""The vendors' lists of machines on 127.0.0.1, in the documented form and in pages of two."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlparse

from unit.serving import serving

TOKEN = "the-token-of-this-test"


def size(slug: str, monthly: float, vcpus: int, memory: int, available: bool = True) -> dict[str, Any]:
    """A size as DigitalOcean lists it."""
    return {
        "slug": slug,
        "memory": memory,
        "vcpus": vcpus,
        "disk": 80,
        "transfer": 4.0,
        "price_monthly": monthly,
        "price_hourly": round(monthly / 672, 5),
        "regions": ["sgp1"],
        "available": available,
        "description": "Basic",
    }


def plan(name: str, monthly: float, vcpus: int, ram: int, kind: str = "vc2") -> dict[str, Any]:
    """A plan as Vultr lists it."""
    return {
        "id": name,
        "vcpu_count": vcpus,
        "ram": ram,
        "disk": 80,
        "disk_count": 1,
        "bandwidth": 3072,
        "monthly_cost": monthly,
        "hourly_cost": round(monthly / 730, 3),
        "type": kind,
        "locations": ["sgp"],
    }


class Vendors:
    """What the vendors have, what they were asked, and how they answer."""

    def __init__(self) -> None:
        self.sizes: list[dict[str, Any]] = []
        self.plans: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.tokens: set[str | None] = set()
        self.answer: tuple[int, dict[str, str], bytes] | None = None  # in place of every other one
        self.base = ""

    def get(self, address: str) -> dict[str, Any] | None:
        self.asked.append(address)
        parts = urlparse(address)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/v2/sizes":
            page = int(query.get("page", 1))
            last = page * 2 >= len(self.sizes)
            pages = {} if last else {"next": f"https://elsewhere.example.com/v2/sizes?page={page + 1}"}
            return {"sizes": self.sizes[page * 2 - 2 : page * 2], "links": {"pages": pages}, "meta": {"total": len(self.sizes)}}
        if parts.path == "/v2/plans":
            start = int(query.get("cursor", "at-0").removeprefix("at-"))
            following = f"at-{start + 2}" if start + 2 < len(self.plans) else ""
            return {"plans": self.plans[start : start + 2], "meta": {"total": len(self.plans), "links": {"next": following, "prev": ""}}}
        return None


@contextmanager
def vendors() -> Iterator[Vendors]:
    """Both, on a port of their own."""
    state = Vendors()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.tokens.add(self.headers.get("Authorization"))
            found = state.get(self.path)
            status, headers, body = state.answer or (200 if found else 404, {}, json.dumps(found).encode())
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    with serving(Handler) as state.base:
        yield state
