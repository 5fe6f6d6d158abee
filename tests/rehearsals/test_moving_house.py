"""A stack moves from ingress-nginx to the Gateway API, host by host, and back again, half and half. All the while somebody asks for its
hosts: nobody may ever meet a name without a live entry, a route, pods that answer or a valid certificate.

The tests tell one life of the stack, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox
from quayside_sandbox.visitor import Request
from quayside_sandbox.visitor.asking import at

from .cluster_checks import eventually
from .conftest import Project
from .stack_life import EXPECTED, Life, quiet
from .visitors import Visitors

HELLO, SHOP = "hello.dev.example.com", "shop.dev.example.com"
SMALL = {"image": "nginxinc/nginx-unprivileged:1.29-alpine", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
NGINX, GATEWAY = "ingress-nginx", "gateway-api"
UNCHANGED: list[str] = []


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    project = Project(tmp_path_factory.mktemp("project"))
    project.edit("dev", "entry.kind", NGINX)
    project.edit("dev", "services.shop", {**SMALL, "hosts": {"shop": {}}})
    yield Life(project, Rehearsal(sandbox, project.folder, "dev")).up()


@pytest.fixture(scope="module")
def visitors(dev: Life) -> Iterator[Visitors]:
    eventually(lambda: not [each for host in (HELLO, SHOP) for each in dev.rehearsal.asks(host) if each.problem], "the first certificates")
    with Visitors(dev.rehearsal, (HELLO, SHOP)) as found:
        yield found


def move(dev: Life, visitors: Visitors, expected: str = "", **changes: Any) -> None:
    """Edits the stack's file and brings it up, asked for all the while. None takes a topic away. expected: a warning that may come."""
    for key, value in changes.items():
        if value is None:
            dev.project.remove("dev", key)
        else:
            dev.project.edit("dev", key.replace("__", "."), value)
    with visitors.unserved() as problems:
        done = dev.rehearsal.up().check()
    assert problems == []
    assert [each for each in done.warnings if EXPECTED not in each and (not expected or expected not in each)] == []


def entries(dev: Life, host: str) -> set[str]:
    """Who answers for a host."""
    return {each.entry for each in dev.rehearsal.asks(host)}


def everywhere(dev: Life) -> list[str]:
    """What visitors meet at any address of the stack, also at one that they remember from before."""
    view = dev.rehearsal.view()
    return [answer.problem for host in (HELLO, SHOP) for address in view.doors if (answer := at(view, address, Request(host))).problem]


def test_visitors_notice_what_is_missing(dev: Life) -> None:
    (answer,) = dev.rehearsal.asks("nobody.dev.example.com")
    assert (answer.entry, answer.problem) == (NGINX, f"404: no Ingress of {NGINX} has nobody.dev.example.com/")


def test_both_entries_run_before_any_name_moves(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entry={"kind": GATEWAY}, entryMigratingFrom={"kind": NGINX})
    assert entries(dev, HELLO) == entries(dev, SHOP) == {NGINX}
    assert everywhere(dev) == []  # certificates of the new entry are signed by way of the old one
    told = dev.rehearsal.outputs()
    assert {told["entryAddress"], told["entryMigratingFromAddress"]} == set(dev.rehearsal.view().doors)
    assert quiet(dev.rehearsal.preview()).changed == UNCHANGED


def test_one_host_moves(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entryMigratingFrom__hosts={"shop": 100})
    assert (entries(dev, SHOP), entries(dev, HELLO)) == ({GATEWAY}, {NGINX})
    assert everywhere(dev) == []


def test_all_of_them_move(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entryMigratingFrom={"kind": NGINX, "weight": 100})
    assert entries(dev, SHOP) == entries(dev, HELLO) == {GATEWAY}
    assert everywhere(dev) == []


def test_the_old_entry_goes(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entryMigratingFrom=None)
    assert entries(dev, SHOP) == entries(dev, HELLO) == {GATEWAY}
    assert dev.balancer()["name"] == "quayside-dev-gateway-api"
    assert quiet(dev.rehearsal.preview()).changed == UNCHANGED


def test_the_way_back_begins(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entry={"kind": NGINX}, entryMigratingFrom={"kind": GATEWAY}, certificates__challenge="dns-01")
    assert entries(dev, SHOP) == entries(dev, HELLO) == {GATEWAY}
    eventually(lambda: everywhere(dev) == [], "certificates of the entry to which it goes back")


def test_half_of_the_requests_go_back(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entryMigratingFrom__weight=50)
    assert entries(dev, SHOP) == entries(dev, HELLO) == {GATEWAY, NGINX}
    assert quiet(dev.rehearsal.preview()).changed == UNCHANGED


def test_it_is_back(dev: Life, visitors: Visitors) -> None:
    move(dev, visitors, entryMigratingFrom__weight=100)
    assert entries(dev, SHOP) == entries(dev, HELLO) == {NGINX}
    # Helm keeps the definitions of Istio, which the gateways were made of
    move(dev, visitors, "kept due to the resource policy", entryMigratingFrom=None)
    assert entries(dev, SHOP) == entries(dev, HELLO) == {NGINX}
    assert dev.balancer()["name"] == "quayside-dev"
    assert quiet(dev.rehearsal.preview()).changed == UNCHANGED
