"""Clouds that fail on demand: which request, how often, and what the plugins make of it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.cloud.bridge import Failed

from .account import Account

QUICK = {"httpRetryWaitMin": 0.01, "httpRetryWaitMax": 0.02}


@pytest.fixture
def rules(tmp_path: Path) -> Any:
    def write(*rules: dict[str, Any]) -> None:
        (tmp_path / "cloud-faults.json").write_text(json.dumps(rules))

    return write


def test_a_refusal_fails_that_one_request(store: Store, ocean: Account, rules: Any) -> None:
    rules({"cloud": "digitalocean", "operation": "create vpcs", "call": 2, "times": 1, "status": 422, "message": "no more"})
    ocean.create("Vpc", name="a", region="sgp1")
    with pytest.raises(Failed, match=r'422 \(request ".*"\) no more'):
        ocean.create("Vpc", name="b", region="sgp1")
    ocean.create("Vpc", name="b", region="sgp1")


def test_other_clouds_and_operations_are_not_hit(flare: Account, ocean: Account, rules: Any) -> None:
    rules({"cloud": "cloudflare", "operation": "* dnsRecords", "status": 400})
    ocean.create("Vpc", name="a", region="sgp1")
    account = flare.store.list("cloudflare", "accounts")[0]["id"]
    id, _ = flare.create("Zone", name="example.com", account={"id": account})
    with pytest.raises(Failed, match="400 Bad Request"):
        flare.create("DnsRecord", zoneId=id, name="a", type="A", content="203.0.113.1", ttl=1)


def test_digitalocean_repeats_what_was_too_much(store: Store, rules: Any) -> None:
    rules({"operation": "create vpcs", "status": 503, "times": 4, "message": "Service Unavailable"})
    Account(store, "digitalocean", **QUICK).create("Vpc", name="a", region="sgp1")
    rules({"operation": "update vpcs", "status": 429, "message": "Too many requests"})
    id, state = Account(store, "digitalocean").create("Vpc", name="b", region="sgp1")
    with pytest.raises(Failed, match=r"429 .*Too many requests; giving up after 3 attempt\(s\)"):
        Account(store, "digitalocean", httpRetryMax=2, **QUICK).update("Vpc", id, state, name="c", region="sgp1")


def test_a_slow_cloud(ocean: Account, rules: Any) -> None:
    rules({"operation": "list vpcs", "seconds": 0.3})
    began = time.monotonic()
    ocean.invoke("getVpc", region="sgp1")
    assert time.monotonic() - began >= 0.3


def test_all_processes_count_together(store: Store, rules: Any) -> None:
    rules({"operation": "create vpcs", "call": 2, "status": 400, "message": "second"})
    Account(store, "digitalocean").create("Vpc", name="a", region="sgp1")
    with pytest.raises(Failed, match="second"):
        Account(store, "digitalocean").create("Vpc", name="b", region="sgp1")
