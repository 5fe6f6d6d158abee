"""A public manifest by ConfigFile on the real engine and API server: the sandbox's stand-in, beside a definition that the cluster has already."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from quayside_sandbox.kube import Api, ApiError
from quayside_sandbox.places import data_folder
from quayside_sandbox.pytest_plugin import RehearsalFactory
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object

PROGRAMS = Path(__file__).parent / "programs"
ADDRESS = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml"
CRD = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
POLICY = ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "safe-upgrades.gateway.networking.k8s.io")
PROGRAM = f"""
import os
import pulumi
import pulumi_kubernetes as k8s

def keep(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if not given.type_.endswith(":CustomResourceDefinition"):
        return None
    metadata = given.props["metadata"]
    annotations = {{**metadata.get("annotations", {{}}), "pulumi.com/patchForce": "true"}}
    options = pulumi.ResourceOptions.merge(given.opts, pulumi.ResourceOptions(retain_on_delete=True))
    return pulumi.ResourceTransformResult({{**given.props, "metadata": {{**metadata, "annotations": annotations}}}}, options)

kubeconfig = pulumi.Output.secret(os.environ["CLUSTER_KUBECONFIG"])
provider = k8s.Provider("cluster", kubeconfig=kubeconfig, cluster_identifier="manifests", upsert_existing_objects=True)
definitions = k8s.yaml.v2.ConfigFile(
    "gateway-api", file="{ADDRESS}", opts=pulumi.ResourceOptions(provider=provider, providers=[provider], transforms=[keep])
)
k8s.apiextensions.CustomResource(
    "route",
    api_version="gateway.networking.k8s.io/v1",
    kind="HTTPRoute",
    metadata={{"name": "route", "namespace": "default"}},
    spec={{"hostnames": ["www.example.com"]}},
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[definitions]),
)
pulumi.export("count", definitions.resources.apply(len))
"""


def definition(name: str) -> Object:
    documents = yaml.safe_load_all((data_folder("manifests") / "gateway-api" / "standard-install.yaml").read_text())
    found: Object = next(each for each in documents if each["metadata"]["name"] == f"{name}.gateway.networking.k8s.io")
    return found


def test_a_public_manifest(sandbox: Sandbox, rehearsal: RehearsalFactory, tmp_path: Path) -> None:
    if sandbox.folder.read_settings()["served"]["kubernetes"] != "stand-in":
        pytest.skip("the official plugin knows nothing of stand-in manifests")
    kubeconfig = sandbox.local_cluster("manifests", NODES)
    api = Api.from_kubeconfig(kubeconfig)
    real = definition("grpcroutes")
    del real["metadata"]["annotations"]["quayside/stand-in"]
    fields = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"hostnames": {"type": "array", "items": {"type": "string"}}}}},
    }
    real["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = fields
    api.create(real, field_manager="vendor")
    shutil.copy(PROGRAMS / "objects" / "Pulumi.yaml", tmp_path)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    run = rehearsal(tmp_path, "dev", variables={"CLUSTER_KUBECONFIG": kubeconfig})
    run.up().check()
    assert run.outputs()["count"] == 12
    assert api.get(*CRD, real["metadata"]["name"])["spec"]["versions"][0]["schema"]["openAPIV3Schema"] == fields
    assert api.get("gateway.networking.k8s.io/v1", "HTTPRoute", "route", "default")["spec"] == {"hostnames": ["www.example.com"]}
    assert {"kind": "manifest", "what": f"Gateway API v1.6.1, standard channel of {ADDRESS}", "by": "the sandbox's stand-in manifest"} in (
        sandbox.substitutions()
    )
    experimental = definition("tcproutes")
    experimental["metadata"]["annotations"]["gateway.networking.k8s.io/channel"] = "experimental"
    with pytest.raises(ApiError, match="Experimental definitions cannot replace"):
        api.apply(experimental, field_manager="somebody", force=True, dry_run=True)
    old = definition("tcproutes")
    old["metadata"]["annotations"]["gateway.networking.k8s.io/bundle-version"] = "v1.5.1"
    with pytest.raises(ApiError, match=r"before v1\.6\.0"):
        api.apply(old, field_manager="somebody", force=True, dry_run=True)
    assert run.preview().check().changed == []
    run.destroy().check()
    assert api.find(*POLICY) is None
    assert api.find("gateway.networking.k8s.io/v1", "HTTPRoute", "route", "default") is None
    assert len([each for each in api.list(*CRD) if each["spec"]["group"] == "gateway.networking.k8s.io"]) == 10, "retained"
