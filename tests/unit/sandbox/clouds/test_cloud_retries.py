"""What the official plugins repeat by themselves, after which pauses, and what they make of an answer that was lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds.retries import Retries
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.cloud.bridge import Failed

from .account import Account


@pytest.fixture
def rules(tmp_path: Path) -> Any:
    def write(*rules: dict[str, Any]) -> None:
        (tmp_path / "cloud-faults.json").write_text(json.dumps(rules))

    return write


def patient(account: Account) -> list[float]:
    """The pauses that the account's client makes from now on, instead of making them."""
    pauses: list[float] = []
    account.bridge.cloud.ended.wait = lambda seconds=None: bool(pauses.append(seconds))  # type: ignore[method-assign]
    return pauses


def retries(store: Store, cloud: str, **settings: Any) -> Retries:
    return Account(store, cloud, **settings).bridge.cloud.retries


def zone(flare: Account) -> str:
    account = flare.store.list("cloudflare", "accounts")[0]["id"]
    return flare.create("Zone", name="example.com", account={"id": account})[0]


@pytest.mark.parametrize(
    ("cloud", "repeated", "final"),
    [("digitalocean", {429, 500, 502, 503}, {422, 409, 501}), ("cloudflare", {408, 409, 429, 500, 501}, {400, 404})],
)
def test_which_statuses_are_repeated(store: Store, cloud: str, repeated: set[int], final: set[int]) -> None:
    assert {status for status in repeated | final if retries(store, cloud).repeats(status)} == repeated


def test_godo_doubles_its_pauses_and_gives_up(ocean: Account, rules: Any) -> None:
    rules({"operation": "create vpcs", "status": 500})
    pauses = patient(ocean)
    with pytest.raises(Failed, match=r"giving up after 5 attempt\(s\)"):
        ocean.create("Vpc", name="a", region="sgp1")
    assert pauses == [1, 2, 4, 8]


def test_godo_without_retries_says_nothing_of_attempts(store: Store, rules: Any) -> None:
    rules({"operation": "create vpcs", "status": 500, "message": "Server Error"})
    with pytest.raises(Failed, match=r"Server Error\s*$"):
        Account(store, "digitalocean", httpRetryMax=0).create("Vpc", name="a", region="sgp1")


def test_cloudflare_go_tries_for_three_minutes(flare: Account, rules: Any) -> None:
    id = zone(flare)
    rules({"operation": "create dnsRecords", "status": 503})
    pauses = patient(flare)
    with pytest.raises(Failed, match="503 Service Unavailable"):
        flare.create("DnsRecord", zoneId=id, name="a", type="A", content="203.0.113.1", ttl=1)
    assert len(pauses) == 10
    assert all(0.75 * most <= pause <= most for pause, most in zip(pauses, [2, 4, 8, 16, *[30] * 6], strict=True))


def test_retry_after_is_obeyed(ocean: Account, flare: Account, rules: Any) -> None:
    rules({"operation": "create *", "status": 429, "retryAfter": 7, "times": 2})
    pauses = patient(ocean)
    ocean.create("Vpc", name="a", region="sgp1")
    assert pauses == [7, 7]
    assert retries(ocean.store, "digitalocean").pause(1, 500, 7) == 1  # of 429 and 503 only
    assert retries(ocean.store, "digitalocean").pause(1, 503, 600) == 600
    assert retries(ocean.store, "cloudflare").pause(1, 500, 7) == 7
    assert retries(ocean.store, "cloudflare").pause(1, 429, 600) <= 2  # a minute and more is not believed


def test_a_lost_answer_meets_what_was_made(ocean: Account, flare: Account, rules: Any) -> None:
    """The repeated request is a second one; what keeps it from making a second object is the vendor's own rule on names."""
    id = zone(flare)
    rules({"operation": "create *", "status": 503, "after": True, "times": 1})
    patient(ocean)
    with pytest.raises(Failed, match="a VPC with that name already exists"):
        ocean.create("Vpc", name="a", region="sgp1")
    assert len(ocean.store.list("digitalocean", "vpcs", name="a")) == 1
    rules({"cloud": "cloudflare", "operation": "create *", "status": 500, "after": True, "times": 1})
    (ocean.store.folder.parent / ".cloud-faults.json.counts").unlink()
    patient(flare)
    with pytest.raises(Failed, match="An identical record already exists"):
        flare.create("DnsRecord", zoneId=id, name="a", type="A", content="203.0.113.1", ttl=1)
    assert len(flare.store.list("cloudflare", "dnsRecords")) == 1


def test_a_deletion_whose_answer_was_lost_is_done(ocean: Account, rules: Any) -> None:
    id, state = ocean.create("Vpc", name="a", region="sgp1")
    rules({"operation": "delete vpcs", "status": 503, "after": True, "times": 1})
    patient(ocean)
    ocean.delete("Vpc", id, state)
    assert ocean.store.find("digitalocean", "vpcs", id) is None
