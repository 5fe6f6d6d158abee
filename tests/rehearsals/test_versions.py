"""Versions of a service on a real API server: a canary from its first request to its end, and blue/green there and back.

A witness writes down every change between; nobody may ever have been led to pods that were not there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.controlplane import faults
from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import eventually
from .witness import Witness, gaps, led, ready

PROGRAM = Path(__file__).parent / "programs" / "service"
HOST = "shop.example.com"
MAIN = "update kubernetes:apps/v1:Deployment::shop"
PODS = "kubernetes:apps/v1:Deployment::shop-canary"
MISSING = "acme/missing:1"


@dataclass(frozen=True)
class Entry:
    """What a kind of entry leads requests by."""

    version: str
    kind: str
    definition: str | None = None
    """Name of the CustomResourceDefinition of its routes."""


ENTRIES = {
    "ingress-nginx": Entry("networking.k8s.io/v1", "Ingress"),
    "gateway-api": Entry("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes.gateway.networking.k8s.io"),
}


class Shop:
    """A stack with one service behind an entry, and who watches it."""

    def __init__(self, stack: Rehearsal, api: Api, entry: str, witness: Witness) -> None:
        self.stack, self.api, self.entry, self.witness = stack, api, entry, witness
        around = {"hosts": {HOST: {}}, "route": {"entry": entry}}
        self.args: dict[str, Any] = {"image": "acme/shop:1", "replicas": 2, "config": {"A": "1"}, **around}

    def up(self, **args: Any) -> Outcome:
        """After an edit; None takes a key away."""
        self.args = {key: value for key, value in {**self.args, **args}.items() if value is not None}
        (self.stack.project / "service.json").write_text(json.dumps(self.args))
        return self.stack.up()

    def edit(self, **args: Any) -> list[str]:
        """Returns what `up` changed, the routes apart."""
        up = self.up(**args).check()
        assert up.warnings == []
        return [each for each in up.changed if f":{ENTRIES[self.entry].kind}::" not in each]

    def canary(self, **changes: Any) -> list[str]:
        return self.edit(canary={**self.args.get("canary", {}), **changes})

    @property
    def held(self) -> dict[tuple[str, str], Any]:
        """What the cluster holds now."""
        found = {}
        for version, kind in self.witness.kinds:
            found |= {(kind, thing["metadata"]["name"]): thing for thing in self.api.list(version, kind, "shop")}
        return found

    @property
    def shares(self) -> dict[str, str]:
        """Service → its share, of those that requests are led to."""
        return {name: share for name, share in led(self.held).items() if share}

    def images(self, service: str = "shop") -> list[str]:
        """What answers for a Service, once pods that are on their way are gone."""
        wanted = 1 if service == "shop-canary" else self.args["replicas"]
        return eventually(lambda: (found := ready(self.held, service)) and len(found) == wanted and found, f"pods of {service}")


@pytest.fixture(params=ENTRIES)
def shop(sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    kind = request.param
    program = tmp_path / "service"
    shutil.copytree(PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    nodes = [{"name": "one", "cpu": "8", "memory": "16Gi", "pods": "110"}]
    name = f"{kind}-{request.function.__name__.partition('_')[2]}".replace("_", "-")[:40]
    (program / "kubeconfig").write_text(sandbox.local_cluster(name, nodes=nodes))
    stack = Rehearsal(sandbox, program, name)
    api, entry = stack.api(name), ENTRIES[kind]
    if entry.definition:
        _define(api, entry.definition, request.getfixturevalue("shared_data"))
    faults.set(sandbox.folder, "image-missing", f"image={MISSING}")
    with Witness(stack.api(name), "shop", (entry.version, entry.kind)) as witness:
        yield Shop(stack, api, kind, witness)


def _define(api: Api, name: str, shared_data: Path) -> None:
    documents = yaml.safe_load_all((shared_data / "crds" / "gateway-api.yaml").read_text())
    api.create(next(each for each in documents if each and each["metadata"]["name"] == name))

    def known() -> bool:
        conditions = (api.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", name).get("status") or {}).get("conditions") or []
        return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)

    eventually(known, f"{name} to be served")


def test_the_life_of_a_canary(shop: Shop) -> None:
    shop.edit()
    assert (shop.shares, shop.images()) == ({"shop": "the rest"}, ["acme/shop:1"] * 2)

    started = shop.canary(image="acme/shop:2", config={"A": "2"}, weight=10)
    assert f"create {PODS}" in started
    assert not [each for each in started if each.endswith("::shop")]  # nothing of the main version
    assert shop.images("shop-canary") == ["acme/shop:2"]
    assert shop.shares["shop-canary"] == "10 %"

    assert shop.canary(weight=50) == []
    assert shop.shares["shop-canary"] == "50 %"

    promoted = shop.canary(verdict="promote")
    assert MAIN in promoted
    assert not [each for each in promoted if "shop-canary" in each]  # its pods stay as they are
    assert (shop.shares, shop.images()) == ({"shop": "the rest"}, ["acme/shop:2"] * 2)

    # what was promoted becomes the service's own, and the next one comes, in one edit
    following = shop.edit(image="acme/shop:2", config={"A": "2"}, canary={"image": "acme/shop:3", "weight": 20})
    assert f"update {PODS}" in following
    assert not [each for each in following if each.endswith("::shop")]
    assert (shop.shares["shop-canary"], shop.images("shop-canary")) == ("20 %", ["acme/shop:3"])

    # its next image never answers: the one before goes on, until the trial is ended, and then nobody waits for what does not come
    assert shop.up(timeout="8s", canary={**shop.args["canary"], "image": MISSING}).code != 0
    assert (shop.shares["shop-canary"], shop.images("shop-canary")) == ("20 %", ["acme/shop:3"])
    assert shop.edit(timeout=None, canary={**shop.args["canary"], "verdict": "abort"}) == [MAIN, f"update {PODS}"]  # the timeout is its own
    assert (shop.shares, shop.images()) == ({"shop": "the rest"}, ["acme/shop:2"] * 2)

    gone = shop.edit(canary=None)
    assert f"delete {PODS}" in gone
    assert not [each for each in gone if not each.startswith("delete ")]
    assert shop.stack.preview().check().changed == []
    assert shop.witness.gaps("shop") == []


@pytest.mark.parametrize("shop", ["ingress-nginx"], indirect=True)
def test_blue_and_green_take_turns(shop: Shop) -> None:
    switched = ["update kubernetes:core/v1:Service::shop"]
    green = {"image": "acme/shop:2", "live": "blue"}
    shop.edit(blue_green=green)
    assert (shop.images(), shop.images("shop-green")) == (["acme/shop:1"] * 2, ["acme/shop:2"] * 2)  # to be looked at first
    for live, image in (("green", "acme/shop:2"), ("blue", "acme/shop:1")):
        assert shop.edit(blue_green={**green, "live": live}) == switched
        assert shop.images() == [image] * 2

    # the next round: the idle side's image and the switch, here both at once
    both = shop.edit(blue_green={"image": "acme/shop:3", "live": "green"})
    assert both == ["update kubernetes:apps/v1:Deployment::shop-green", *switched]
    assert (shop.images(), shop.images("shop-blue")) == (["acme/shop:3"] * 2, ["acme/shop:1"] * 2)

    # and the end, with green's image as the service's own
    ended = shop.edit(image="acme/shop:3", blue_green=None)
    assert {each for each in ended if not each.startswith("delete ")} == {MAIN, *switched}
    assert shop.images() == ["acme/shop:3"] * 2
    assert shop.witness.gaps("shop") == []


def test_the_witness_would_have_seen_it() -> None:
    """Each way of leading requests to nobody is a gap, and none is one where somebody answers."""
    service = {"metadata": {}, "spec": {"selector": {"app": "canary"}}}
    pod = {"metadata": {"labels": {"app": "canary"}}, "spec": {"containers": [{"image": "a:1"}]}}
    answers = {**pod, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    ref = [{"name": "shop-canary", "weight": 10}, {"name": "shop", "weight": 90}]
    main = {("Service", "shop"): {"metadata": {}, "spec": {"selector": {"app": "shop"}}}}
    main |= {("Pod", "main"): {**answers, "metadata": {"labels": {"app": "shop"}}}}
    route = {"metadata": {}, "spec": {"rules": [{"backendRefs": ref}]}}
    alone = {"metadata": {}, "spec": {"rules": [{"backendRefs": ref[1:]}]}}
    before: list[Any] = [(1, place, thing) for place, thing in main.items()]
    story: list[Any] = [("Service", "shop-canary"), service], [("Pod", "one"), answers], [("HTTPRoute", "shop"), route]

    def seen(*events: Any) -> list[str]:
        return gaps([*before, *((number, place, thing) for number, (place, thing) in enumerate(events, start=2))], "shop")

    assert seen(*story, [("HTTPRoute", "shop"), alone], [("Pod", "one"), None]) == []
    assert seen(story[0], [("Pod", "one"), pod], story[2]) == ["4: 10 % lead to shop-canary, which has no pod that answers"]
    assert seen(story[1], story[2]) == ["3: 10 % lead to shop-canary, which has no pod that answers"]
    assert seen(*story, [("Pod", "one"), None], [("HTTPRoute", "shop"), alone]) == [
        "5: 10 % lead to shop-canary, which has no pod that answers"
    ]
    assert seen(*story, [("HTTPRoute", "shop"), None]) == ["5: no route leads to shop"]
