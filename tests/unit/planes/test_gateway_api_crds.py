"""The Gateway API's definitions: where they come from, and what is done to them on the way."""

from typing import Any

import pulumi
import pytest

from quayside.manifests import location
from quayside.planes.gateway_api_crds import GatewayApi, kept
from quayside.settings.problems import InvalidSettings
from quayside.versions import MANIFESTS
from unit.recorder import record

OWN = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml"


@pytest.mark.parametrize(
    ("mirror", "place"),
    [
        (None, OWN),
        ("/srv/charts/", "/srv/charts/gateway-api/standard-install.yaml"),
        ("https://mirror.example.com/charts", "https://mirror.example.com/charts/gateway-api/standard-install.yaml"),
    ],
)
def test_where_they_come_from(mirror: str | None, place: str) -> None:
    assert location(MANIFESTS["gateway-api"], mirror) == place


def test_one_file_in_a_component() -> None:
    recorded = record(lambda: GatewayApi("gateway-api", {}))
    file = recorded.one("ConfigFile")
    assert (file.inputs["file"], file.parent) == (OWN, "gateway-api")


def test_a_registry_holds_no_manifests() -> None:
    with pytest.raises(InvalidSettings, match="is a registry, which holds charts"):
        record(lambda: GatewayApi("gateway-api", {"mirror": "oci://registry.example.com/charts"}))


def changed(props: dict[str, Any]) -> pulumi.ResourceTransformResult:
    args = pulumi.ResourceTransformArgs(custom=True, type_="kubernetes:x", name="x", props=props, opts=pulumi.ResourceOptions(protect=True))
    result = kept(args)
    assert result is not None
    return result


def test_what_is_there_is_taken_over_waited_for_and_left_for_good() -> None:
    definition = changed({"kind": "CustomResourceDefinition", "metadata": {"name": "x", "annotations": {"a": "b"}}, "spec": {}})
    assert definition.props["metadata"]["annotations"] == {
        "a": "b",
        "pulumi.com/patchForce": "true",
        "pulumi.com/waitFor": "condition=Established",
    }
    assert definition.opts.retain_on_delete
    assert definition.opts.protect
    policy = changed({"kind": "ValidatingAdmissionPolicy", "metadata": {"name": "x"}})
    assert policy.props["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
    assert policy.opts.retain_on_delete


def test_the_component_itself_is_left_alone() -> None:
    args = pulumi.ResourceTransformArgs(
        custom=False, type_="kubernetes:yaml/v2:ConfigFile", name="x", props={"file": "x"}, opts=pulumi.ResourceOptions()
    )
    assert kept(args) is None
