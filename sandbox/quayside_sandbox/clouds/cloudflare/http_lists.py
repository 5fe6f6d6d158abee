"""Cloudflare's lists as its HTTP API has them (developers.cloudflare.com/api): an envelope with result and result_info."""

from __future__ import annotations

import re
from typing import Any

from ..digitalocean.http_lists import snake
from ..store import Record, Store


def _refused(status: int, code: int, message: str) -> tuple[int, Record]:
    return status, {"success": False, "errors": [{"code": code, "message": message}], "messages": [], "result": None}


UNAUTHENTICATED = _refused(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
NOT_FOUND = _refused(404, 7003, "Could not route, perhaps your object identifier is invalid?")


def page(name: str, items: list[Record], number: int, size: int, total: int) -> Record:
    """One page of a list."""
    info = {"page": number, "per_page": size, "count": len(items), "total_count": total, "total_pages": -(-total // size)}
    return {"success": True, "errors": [], "messages": [], "result": items, "result_info": info}


def _zones(store: Store, matched: re.Match[str], query: dict[str, str]) -> list[Record]:
    return _asked(store.list("cloudflare", "zones"), query, ("name", "status"))


def _records(store: Store, matched: re.Match[str], query: dict[str, str]) -> list[Record] | None:
    zone = matched["zone"]
    return (
        _asked(store.list("cloudflare", "dnsRecords", zoneId=zone), query, ("name", "type"))
        if store.find("cloudflare", "zones", zone)
        else None
    )


def _asked(records: list[Record], query: dict[str, str], names: tuple[str, ...]) -> list[Record]:
    wanted: dict[str, Any] = {name: query[name] for name in names if name in query}
    return [snake(record) for record in records if all(record.get(name) == value for name, value in wanted.items())]


LISTS = (
    (r"/client/v4/zones", "result", _zones),
    (r"/client/v4/zones/(?P<zone>[0-9a-f]+)/dns_records", "result", _records),
)
