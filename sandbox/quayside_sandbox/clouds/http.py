"""The vendors' own HTTP APIs, as far as lists go, on a loopback port: for who asks a cloud without Pulumi.

Each cloud says what it lists in its own file (digitalocean/http_lists.py, cloudflare/http_lists.py); here they are paged, and only who
brings a token is answered. As with the plugins, any token is the account's.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlparse

from .cloudflare import http_lists as cloudflare
from .digitalocean import http_lists as digitalocean
from .store import Record, Store

Answer = tuple[int, Record]
List = Callable[[Store, "re.Match[str]", dict[str, str]], "list[Record] | None"]
LARGEST_PAGE = 200


class Vendors:
    """Both vendors on one port: DigitalOcean below /v2, Cloudflare below /client/v4."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def get(self, address: str, authorization: str) -> Answer:
        """The status and the document of a GET request."""
        parts = urlparse(address)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        vendor: Any = cloudflare if parts.path.startswith("/client/v4/") else digitalocean
        if not re.fullmatch(r"Bearer \S+", authorization):
            return cast(Answer, vendor.UNAUTHENTICATED)
        for pattern, name, listed in vendor.LISTS:
            matched = re.fullmatch(pattern, parts.path)
            found = listed(self.store, matched, query) if matched else None
            if found is not None:
                number, size = _number(query.get("page"), 1), min(_number(query.get("per_page"), 20), LARGEST_PAGE)
                return 200, vendor.page(name, found[(number - 1) * size : number * size], number, size, len(found))
        return cast(Answer, vendor.NOT_FOUND)


@contextmanager
def served(store: Store, port: int) -> Iterator[None]:
    """Answers as long as the context lasts. Raises OSError where the port is taken."""
    vendors = Vendors(store)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, document = vendors.get(self.path, self.headers.get("Authorization") or "")
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and int(text) else otherwise
