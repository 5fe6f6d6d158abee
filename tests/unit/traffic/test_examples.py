"""Every example of every policy, on every data plane: said to it as a real API server takes it, or refused with what to write instead."""

import re

import pytest

from quayside.edge.contract import Parts
from quayside.settings.traffic.index import TrafficSettings, refused
from quayside.settings.traffic.rules import KEYS
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import PLANES, POLICIES, renderer, shape
from quayside.traffic.table import examples
from unit.crd_schemas import problems
from unit.traffic.carried import CANARY, routed, subject

MESH = ("sidecar", "ambient")
EXAMPLES = [(policy, name) for policy in POLICIES for name in examples(policy)]
IDS = [f"{policy}: {name}" for policy, name in EXAMPLES]


@pytest.mark.parametrize(("policy", "name"), EXAMPLES, ids=IDS)
@pytest.mark.parametrize("plane", PLANES)
def test_is_refused_or_said(policy: str, name: str, plane: str) -> None:
    spec = examples(policy)[name]
    no = refused(policy, spec, plane)
    if no:
        # a reason, and after the semicolon what to do: the sentence follows the key
        assert all(re.fullmatch(r"[a-z].{20,}; .{5,}", message) for _, message in no)
    else:
        assert renderer(policy)(spec, plane, subject(plane, versions=(CANARY,))) != Parts()


@pytest.mark.parametrize(("policy", "name"), EXAMPLES, ids=IDS)
@pytest.mark.parametrize("plane", PLANES)
def test_objects_are_what_their_definitions_say(policy: str, name: str, plane: str) -> None:
    spec = examples(policy)[name]
    if refused(policy, spec, plane):
        return
    about = subject(plane, versions=(CANARY,))
    shaped = shape(about, TrafficSettings.model_validate({KEYS[policy]: spec}))
    routes = [] if plane in (*MESH, "direct") else patched(routed(plane, shaped.entry), shaped.entry, about)
    assert {each["metadata"]["name"]: found for each in [*shaped.objects, *routes] if (found := problems(each))} == {}


@pytest.mark.parametrize("policy", POLICIES)
def test_some_plane_can_do_it(policy: str) -> None:
    assert any(not refused(policy, spec, plane) for spec in examples(policy).values() for plane in PLANES)
