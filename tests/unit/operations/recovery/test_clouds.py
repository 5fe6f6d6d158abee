"""What a killed run made at the clouds is found by name and mark; what only looks like it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside.operations.recovery.looking import Looking
from unit.operations.recovery.accounts import TOKEN, Accounts, accounts
from unit.operations.recovery.states import CLUSTER, MARK, POOL, RECORD, TAG, VPC, exported, provider, resource

ZONE = "5a" * 16
OURS = f"Made by quayside: {TAG}"
COMMENT = f"Made by quayside: {MARK}"


@pytest.fixture
def vendors() -> Iterator[Accounts]:
    with accounts() as state:
        state.lists = {
            "/v2/vpcs": (
                "vpcs",
                [{"id": "v-0", "name": "net", "description": ""}, {"id": "v-1", "name": "net", "description": OURS}],
            ),
            "/v2/kubernetes/clusters": (
                "kubernetes_clusters",
                [
                    {
                        "id": "c-1",
                        "name": "main",
                        "tags": ["quayside", TAG],
                        "status": {"state": "provisioning"},
                        "node_pools": [{"id": "p-1", "name": "system", "tags": [TAG]}, {"id": "p-2", "name": "web", "tags": [TAG]}],
                    }
                ],
            ),
            "/v2/projects": ("projects", [{"id": "j-1", "name": "shop", "description": "Made by quayside: shop, stack dev"}]),
            f"/client/v4/zones/{ZONE}/dns_records": (
                "result",
                [
                    {"id": "r-0", "name": "www.example.com", "type": "A", "content": "203.0.113.9", "comment": "by hand"},
                    {"id": "r-1", "name": "www.example.com", "type": "A", "content": "203.0.113.1", "comment": COMMENT},
                ],
            ),
        }
        yield state


def looking(vendors: Accounts, pending: list[dict[str, Any]], *resources: dict[str, Any], token: str = TOKEN, **environ: str) -> Looking:
    providers = [provider("digitalocean", token=token), provider("cloudflare", apiToken=token)]
    state = exported(*providers, *resources, pending=[("creating", each) for each in pending])
    bases = {"DIGITALOCEAN_API_URL": vendors.base, "CLOUDFLARE_BASE_URL": f"{vendors.base}/client/v4"}
    return Looking(state, {**bases, **environ})


def verdict(vendors: Accounts, made: dict[str, Any], **options: str) -> tuple[str, str]:
    it = looking(vendors, [made], **options)
    found = it.verdict(it._exported.pending[0])
    return found.what, (found.found.import_id or found.found.id) if found.found else found.why


RECORD_INPUTS = {"zoneId": ZONE, "name": "WWW.example.com", "type": "A", "content": "203.0.113.1", "comment": COMMENT}


@pytest.mark.parametrize(
    ("made", "id"),
    [
        (resource(VPC) | {"inputs": {"name": "net", "description": OURS}}, "v-1"),
        (resource(CLUSTER) | {"inputs": {"name": "main"}}, "c-1"),
        (resource(POOL) | {"inputs": {"name": "web", "clusterId": "c-1"}}, "p-2"),
        (resource("digitalocean:index/project:Project") | {"inputs": {"name": "shop"}}, "j-1"),
        (resource(RECORD) | {"inputs": RECORD_INPUTS}, f"{ZONE}/r-1"),
    ],
)
def test_what_is_ours_is_taken_up(vendors: Accounts, made: dict[str, Any], id: str) -> None:
    assert verdict(vendors, made) == ("taken up", id)


@pytest.mark.parametrize(
    "made",
    [
        resource(VPC) | {"inputs": {"name": "other"}},
        resource(POOL) | {"inputs": {"name": "web", "clusterId": "c-2"}},
        resource(RECORD) | {"inputs": {**RECORD_INPUTS, "content": "203.0.113.2"}},
        resource(RECORD) | {"inputs": {**RECORD_INPUTS, "content": "203.0.113.9"}},  # somebody's, without the mark
    ],
)
def test_what_is_not_there_or_not_ours_is_cleared(vendors: Accounts, made: dict[str, Any]) -> None:
    assert verdict(vendors, made) == ("cleared", "was never made")


def test_a_cluster_that_is_being_made_is_known_as_such(vendors: Accounts) -> None:
    it = looking(vendors, [resource(CLUSTER) | {"inputs": {"name": "main"}}])
    found = it.verdict(it._exported.pending[0]).found
    assert found
    assert found.provisioning


def test_a_zone_and_what_nobody_knows_are_left_with_what_to_do(vendors: Accounts) -> None:
    what, why = verdict(vendors, resource("cloudflare:index/zone:Zone") | {"inputs": {"name": "example.com"}})
    assert what == "left"
    assert "pulumi import" in why
    zone = resource("cloudflare:index/zone:Zone")
    imported = looking(vendors, [zone], {**zone, "id": ZONE})
    assert imported.verdict(imported._exported.pending[0]).what == "cleared"
    assert verdict(vendors, resource("random:index/randomId:RandomId"))[0] == "left"


def test_a_token_that_was_replaced_gives_way_to_the_environments(vendors: Accounts) -> None:
    made = resource(VPC) | {"inputs": {"name": "net"}}
    what, why = verdict(vendors, made, token="an-old-one")
    assert what == "left"
    assert "the token is refused (401); set DIGITALOCEAN_TOKEN" in why
    assert "an-old-one" not in why
    assert verdict(vendors, made, token="an-old-one", DIGITALOCEAN_TOKEN=TOKEN)[0] == "taken up"


def test_what_has_the_mark_and_is_in_no_state_is_listed_with_what_deletes_it(vendors: Accounts) -> None:
    it = looking(vendors, [], resource(VPC, id="v-9"), resource(RECORD, id="r-9") | {"inputs": {"zoneId": ZONE}})
    remedies = [each.remedy.partition(" -H")[0] for each in it.orphans()]
    assert remedies == [
        "doctl kubernetes cluster delete c-1",
        "doctl vpcs delete v-1",
        "doctl projects delete j-1",
        "curl -X DELETE",
    ]
    known = looking(vendors, [], resource(VPC, id="v-1"), resource(CLUSTER, id="c-1"), resource("a:b:Project", id="j-1"))
    assert [each.id for each in known.orphans()] == ["p-2"]  # the cluster's own pool is no resource


def test_a_vendor_that_does_not_answer_is_named(vendors: Accounts) -> None:
    vendors.lists = {}
    it = looking(vendors, [])
    assert list(it.orphans()) == []
    assert it.unanswered == ["DigitalOcean answers 404; try again later"]


def test_what_a_later_run_made_instead_stays_and_the_other_is_listed(vendors: Accounts) -> None:
    """A creation stays pending through later runs: it says nothing of what they made under its name."""
    made = resource(CLUSTER) | {"inputs": {"name": "main"}}
    later = resource(CLUSTER, id="c-2") | {"created": "2026-11-02T10:00:00Z"}
    it = looking(vendors, [made], later)
    found = it.verdict(it._exported.pending[0])
    assert found.what == "cleared"
    assert "a later run made c-2 in its place; c-1 is still there" in found.why
    assert "c-1" in [each.id for each in it.orphans()]
    replacing = looking(vendors, [made | {"created": later["created"]}], later)
    assert replacing.verdict(replacing._exported.pending[0]).what == "taken up"


def test_what_the_state_has_under_another_name_is_not_taken_up_twice(vendors: Accounts) -> None:
    made = resource(VPC, "before") | {"inputs": {"name": "net"}}
    it = looking(vendors, [made], resource(VPC, "after", id="v-1"))
    assert it.verdict(it._exported.pending[0]).what == "cleared"


def test_a_provider_makes_nothing(vendors: Accounts) -> None:
    assert verdict(vendors, resource("pulumi:providers:kubernetes"))[0] == "cleared"
