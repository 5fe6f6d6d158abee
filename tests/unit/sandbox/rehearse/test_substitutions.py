"""What a reader is told of what was not real."""

from __future__ import annotations

from pathlib import Path

from quayside_sandbox.folder import Folder, write_json
from quayside_sandbox.rehearse.substitutions import substitutions, unchecked
from quayside_sandbox.sandbox import Sandbox

RESOURCES = {
    "kubernetes:cert-manager.io/v1:ClusterIssuer": 3,
    "kubernetes:cert-manager.io/v1:Certificate": 1,
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": 1,
    "kubernetes:networking.k8s.io/v1:Ingress": 2,
    "kubernetes:rbac.authorization.k8s.io/v1:Role": 1,
    "kubernetes:apps/v1:Deployment": 2,
    "kubernetes:core/v1:Service": 2,
    "kubernetes:helm.sh/v3:Release": 2,
    "digitalocean:index/vpc:Vpc": 1,
    "pulumi:providers:kubernetes": 1,
    "pulumi:providers:digitalocean": 1,
}


def test_custom_resources_are_counted_by_group_and_kubernetes_own_are_not() -> None:
    assert [one["what"] for one in unchecked(RESOURCES)] == ["4 of cert-manager.io", "1 of gateway.networking.k8s.io"]


def test_only_stand_ins_that_were_used_are_listed_and_real_definitions_leave_nothing_unchecked(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    settings = {"served": {"kubernetes": "4.34.2", "digitalocean": "stand-in", "cloudflare": "stand-in"}, "crds": None}
    write_json(folder.settings, settings)
    assert [one["what"] for one in substitutions(Sandbox(folder), RESOURCES)] == [
        "digitalocean",
        "4 of cert-manager.io",
        "1 of gateway.networking.k8s.io",
    ]
    write_json(folder.settings, {**settings, "crds": "somewhere"})
    assert [one["what"] for one in substitutions(Sandbox(folder), RESOURCES)] == ["digitalocean"]
