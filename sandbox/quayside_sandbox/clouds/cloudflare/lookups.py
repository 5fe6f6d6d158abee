"""Cloudflare's look-ups (data sources): function token → what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..cloud import Cloud, Function, Refused
from ..store import Record
from .assumed_zones import assume


def zone(cloud: Cloud, arguments: Record) -> Record:
    """By id, or the one that a filter finds (data_source.go of terraform-provider-cloudflare's zone)."""
    cloud.request("GET", "/zones", "list zones")
    id = arguments.get("zoneId")
    if id:
        record = cloud.find("zones", id)
        if record is None:
            path = f"/zones/{id}"
            route = f"/client/v4{path}"
            raise cloud.refused("GET", path, 404, f"Could not route to {route}, perhaps your object identifier is invalid?", 7003)
        return {**_zone(record), "zoneId": record["id"]}
    found = _zones(cloud, arguments.get("filter") or {})
    if len(found) != 1:
        raise Refused("failed to find exactly one result" if found else "failed to find exactly one result: found no results")
    return {**found[0], "zoneId": found[0]["id"], "filter": arguments.get("filter")}


def zones(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/zones", "list zones")
    found = _zones(cloud, arguments)
    return {"match": "all", **arguments, "results": found[: int(arguments.get("maxItems") or 1000)]}


def account(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/accounts", "list accounts")
    name = (arguments.get("filter") or {}).get("name")
    found = [one for one in _accounts(cloud) if arguments.get("accountId") in (None, one["id"]) and name in (None, one["name"])]
    if len(found) != 1:
        raise Refused("failed to find exactly one result")
    return {**found[0], "accountId": found[0]["id"], "filter": arguments.get("filter")}


def accounts(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/accounts", "list accounts")
    found = [one for one in _accounts(cloud) if arguments.get("name") in (None, one["name"])]
    return {**arguments, "results": found[: int(arguments.get("maxItems") or 1000)]}


def ip_ranges(cloud: Cloud, arguments: Record) -> Record:
    """www.cloudflare.com/ips (Oct 2025)."""
    cloud.request("GET", "/ips", "list ips")
    return {
        "etag": "38f79d050aa027e3be3865e495dcc9bc",
        "ipv4Cidrs": [
            "173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18", "108.162.192.0/18", "190.93.240.0/20",
            "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
        ],
        "ipv6Cidrs": ["2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32", "2a06:98c0::/29", "2c0f:f248::/32"],
        "jdcloudCidrs": [],
        "networks": arguments.get("networks"),
    }  # fmt: skip


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "cloudflare:index/getZone:getZone": zone,
        "cloudflare:index/getZones:getZones": zones,
        "cloudflare:index/getAccount:getAccount": account,
        "cloudflare:index/getAccounts:getAccounts": accounts,
        "cloudflare:index/getIpRanges:getIpRanges": ip_ranges,
    }
)


def _zones(cloud: Cloud, wanted: Record) -> list[Record]:
    owner = (wanted.get("account") or {}).get("id")
    if wanted.get("name") and owner in (None, *(one["id"] for one in cloud.list("accounts"))):
        assume(cloud, str(wanted["name"]))
    return [
        _zone(record)
        for record in cloud.list("zones")
        if wanted.get("name") in (None, record["name"])
        and wanted.get("status") in (None, record["status"])
        and owner in (None, record["account"]["id"])
    ]


def _zone(record: Record) -> Record:
    return {**{key: value for key, value in record.items() if not key.startswith("_")}, "createdOn": record["createdAt"]}


def _accounts(cloud: Cloud) -> list[Record]:
    settings = {"abuseContactEmail": "", "enforceTwofactor": False}
    managed = {"parentOrgId": "", "parentOrgName": ""}
    return [{**_zone(record), "settings": settings, "managedBy": managed} for record in cloud.list("accounts")]
