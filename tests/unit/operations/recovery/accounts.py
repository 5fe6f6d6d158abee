"""The vendors' lists on 127.0.0.1, in pages of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlparse

from unit.serving import serving

TOKEN = "the-token-of-this-test"


class Accounts:
    """What the vendors hold: path → (key, items)."""

    def __init__(self) -> None:
        self.lists: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self.base = ""

    def get(self, address: str) -> dict[str, Any] | None:
        parts = urlparse(address)
        if parts.path not in self.lists:
            return None
        page = int(parse_qs(parts.query)["page"][0])
        key, items = self.lists[parts.path]
        links = {"pages": {"next": "https://elsewhere.example.com"}} if page < len(items) else {}
        return {key: items[page - 1 : page], "links": links, "result_info": {"page": page, "total_pages": len(items)}}


@contextmanager
def accounts() -> Iterator[Accounts]:
    state = Accounts()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            found = state.get(self.path) if known else None
            self.send_response(200 if found else 404 if known else 401)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    with serving(Handler) as state.base:
        yield state
