"""Istio, as it is registered."""

from typing import Any

import pytest

from quayside.planes.istio import Istio
from quayside.settings.problems import InvalidSettings
from quayside.versions import ISTIO_VERSION
from unit.recorder import Recorded, record, value_of

ENFORCED = "pod-security.kubernetes.io/enforce"


def istio(**args: Any) -> Recorded:
    given: Any = args
    return record(lambda: Istio("istio", given))


def charts(recorded: Recorded) -> dict[str, tuple[str, str]]:
    return {each.name: (each.inputs["chart"], each.inputs["version"]) for each in recorded.of("Release")}


@pytest.mark.parametrize(
    ("mode", "releases"),
    [
        ("off", {"istio-base": "base", "istiod": "istiod"}),
        ("sidecar", {"istio-base": "base", "istiod": "istiod", "istio-cni": "cni"}),
        ("ambient", {"istio-base": "base", "istiod": "istiod", "istio-cni": "cni", "ztunnel": "ztunnel"}),
    ],
)
def test_the_charts_of_a_mode(mode: str, releases: dict[str, str]) -> None:
    recorded = istio(mode=mode)
    assert charts(recorded) == {name: (chart, ISTIO_VERSION) for name, chart in releases.items()}
    assert {each.inputs["namespace"] for each in recorded.of("Release")} == {"istio-system"}


def test_each_comes_after_what_it_needs() -> None:
    after = {each.name: each.after for each in istio(mode="ambient")}
    for name, before in [("istio-base", "istio-system"), ("istiod", "istio-base"), ("istio-cni", "istiod"), ("ztunnel", "istio-cni")]:
        assert before in after[name]
    assert "ztunnel" in after["mesh-mtls"]


def test_only_a_mesh_needs_privileges() -> None:
    labels = [istio(mode=mode).one("Namespace").inputs["metadata"]["labels"] for mode in ("off", "sidecar", "ambient")]
    assert [each[ENFORCED] for each in labels] == ["restricted", "privileged", "privileged"]


def test_the_mesh_is_permissive_unless_said_and_without_one_there_are_no_peers() -> None:
    assert istio(mode="sidecar").one("PeerAuthentication").inputs["spec"] == {"mtls": {"mode": "PERMISSIVE"}}
    assert istio(mode="ambient", mtls="strict").one("PeerAuthentication").inputs["spec"] == {"mtls": {"mode": "STRICT"}}
    assert istio().of("PeerAuthentication") == []


def test_two_control_planes_side_by_side() -> None:
    """The one in use is what is one for each node; definitions are of the newest."""
    planes = {"default": {"version": "1.29.4"}, "1-30": {}}
    recorded = istio(mode="ambient", control_planes=planes)
    assert charts(recorded) == {
        "istio-base": ("base", ISTIO_VERSION),
        "istiod": ("istiod", "1.29.4"),
        "istiod-1-30": ("istiod", ISTIO_VERSION),
        "istio-cni": ("cni", "1.29.4"),
        "ztunnel": ("ztunnel", "1.29.4"),
    }
    assert recorded.one("Release", "istiod-1-30").inputs["values"]["revision"] == "1-30"
    assert "revision" not in recorded.one("Release", "istiod").inputs["values"]
    moved = istio(mode="ambient", control_planes=planes, revision="1-30")
    assert charts(moved)["ztunnel"] == ("ztunnel", ISTIO_VERSION)
    assert moved.one("Release", "ztunnel").inputs["values"]["revision"] == "1-30"


def test_whatever_names_no_control_plane_is_the_one_in_use() -> None:
    assert istio().of("MutatingWebhookConfiguration") == []
    made = istio(control_planes={"1-29": {"version": "1.29.9"}, "1-30": {}}, revision="1-30").one("MutatingWebhookConfiguration")
    labels = made.inputs["metadata"]["labels"]
    assert (labels["istio.io/tag"], labels["istio.io/rev"]) == ("default", "1-30")
    assert "webhooks" not in made.inputs
    assert "istiod-1-30" in made.after


def test_what_takes_the_revision_comes_after_its_istiod() -> None:
    made: list[Any] = []
    record(lambda: made.append(Istio("istio", {"revision": "1-30"})))
    assert value_of(made[0].revision) == "1-30"
    assert value_of(made[0].namespace) == "istio-system"


def test_a_mirror_replaces_the_repository() -> None:
    assert {each.inputs["chart"] for each in istio(mode="ambient", mirror="./charts").of("Release")} == {
        "./charts/base",
        "./charts/istiod",
        "./charts/cni",
        "./charts/ztunnel",
    }


def test_arguments_are_checked_like_settings() -> None:
    with pytest.raises(InvalidSettings) as error:
        istio(mode="ambient", egress="registry", revision="1.30")
    assert [line.partition(" ")[0] for line in error.value.lines] == ["revision", "egress"]
