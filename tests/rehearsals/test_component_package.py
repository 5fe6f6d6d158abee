"""The library as other languages and stacks get it: a component package that the engine installs, asks for its schema and runs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from quayside_sandbox.engine import real_pulumi
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .conftest import ROOT

OFFERED = (
    *("CertManager", "DirectEntry", "DoksCluster", "GatewayApi", "GatewayEntry", "IngressNginx", "Istio", "IstioIngress", "Kiali", "Kong"),
    *("LoadBalancer", "MetricsServer", "Prometheus", "Service", "Tracing", "WildcardCertificate", "Zone"),
)

# What `pulumi package add` generates in each language comes to this: a remote component with plain inputs.
PROGRAM = """
import os
import pulumi
import pulumi_kubernetes as k8s

class Service(pulumi.ComponentResource):
    url: pulumi.Output[str]
    def __init__(self, name, args, opts):
        super().__init__("quayside:index:Service", name, {**args, "url": None}, opts, remote=True)

cluster = k8s.Provider(
    "cluster", kubeconfig=pulumi.Output.secret(os.environ["CLUSTER_KUBECONFIG"]), cluster_identifier="other", upsert_existing_objects=True
)
shop = Service("shop", {"image": "nginx:1.29", "port": 8080, "replicas": 2, "secrets": {"TOKEN": pulumi.Output.secret("crossing-the-wire")}},
               pulumi.ResourceOptions(providers=[cluster]))
pulumi.export("url", shop.url)
"""


def test_another_stack_uses_a_service_of_the_package(sandbox: Sandbox, rehearsal: Callable[..., Rehearsal], tmp_path: Path) -> None:
    package = shutil.copytree(
        ROOT / "components", tmp_path / "components", ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "venv")
    )
    words = [real_pulumi(sandbox.folder), "package", "get-schema", str(package)]
    answer = subprocess.run(words, cwd=tmp_path, env=sandbox.environment(), capture_output=True, text=True, timeout=600)
    assert answer.returncode == 0, answer.stderr
    schema = json.loads(answer.stdout[answer.stdout.index("{\n") :])
    assert set(schema["resources"]) == {f"quayside:index:{name}" for name in OFFERED}
    assert schema["resources"]["quayside:index:Service"]["inputProperties"]["replicas"]["type"] == "integer"

    other = tmp_path / "other"
    other.mkdir()
    (other / "Pulumi.yaml").write_text(
        f"name: other\nruntime: python\nplugins:\n  providers:\n    - name: quayside\n      path: {package}\n"
    )
    (other / "Pulumi.test.yaml").write_text("config: {}\n")
    (other / "__main__.py").write_text(PROGRAM)
    kubeconfig = sandbox.local_cluster("other", nodes=[{"name": "one", "cpu": "2", "memory": "4Gi", "pods": "110"}])
    stack = rehearsal(other, "test", variables={"CLUSTER_KUBECONFIG": kubeconfig})
    up = stack.up().check()
    assert stack.outputs() == {"url": "http://shop.shop.svc.cluster.local"}
    assert stack.preview().check().changed == []
    deployment = stack.api("other").get("apps/v1", "Deployment", "shop", "shop")
    assert deployment["status"]["readyReplicas"] == 2
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.29"
    for text in (up.output, str(stack.exported())):
        assert "crossing-the-wire" not in text
