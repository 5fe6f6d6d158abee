"""An API server that does not answer, in the words of Go's HTTP client: what the official plugin, helm and kubectl show.

Seen in pulumi-kubernetes#1544 (refused), #881 (timeouts) and #1216 (cut off).
"""

from __future__ import annotations

import httpx

_VERBS = {"GET": "Get", "POST": "Post", "PUT": "Put", "PATCH": "Patch", "DELETE": "Delete"}


def in_words(problem: httpx.TransportError, url: httpx.URL, method: str = "GET") -> str:
    """`Get "https://127.0.0.1:6443/api/v1": dial tcp 127.0.0.1:6443: connect: connection refused`."""
    return f'{_VERBS.get(method, method)} "{url}": {_reason(problem, url)}'


def _reason(problem: httpx.TransportError, url: httpx.URL) -> str:
    address = f"{url.host}:{url.port or 443}"
    text = str(problem)
    if isinstance(problem, httpx.ConnectTimeout):
        return f"dial tcp {address}: i/o timeout"
    if isinstance(problem, httpx.TimeoutException):
        return "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
    if isinstance(problem, httpx.ConnectError) and "refused" in text:
        return f"dial tcp {address}: connect: connection refused"
    if isinstance(problem, httpx.ConnectError) and ("Name or service" in text or "nodename" in text):
        return f"dial tcp: lookup {url.host}: no such host"
    if "reset by peer" in text:
        return f"read tcp {address}: read: connection reset by peer"
    if isinstance(problem, httpx.RemoteProtocolError) and "disconnected" in text:
        return "EOF"
    return text or type(problem).__name__
