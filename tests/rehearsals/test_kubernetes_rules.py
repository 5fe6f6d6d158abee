"""The kubernetes plugin's rules, one test each; with `--official kubernetes` the official plugin has to pass them too.

The rules: when the provider is replaced, previews without a cluster, dead clusters, server-side apply and its conflicts, annotations.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Outcome, Rehearsal

PROGRAM = Path(__file__).parent / "programs" / "objects"
TOKENS = {
    "ConfigMap": "core/v1",
    "Secret": "core/v1",
    "Service": "core/v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "Namespace": "core/v1",
}
_numbers = itertools.count(1)


class Objects:
    """A stack of some objects in a namespace of its own; each method edits the program, and `up` carries it out."""

    def __init__(self, stack: Rehearsal, api: Api, kubeconfig: str, number: int) -> None:
        self.stack, self.api, self.kubeconfig = stack, api, kubeconfig
        self.namespace = f"rules-{number}"
        self.steps: dict[str, dict[str, Any]] = {}
        self.provider()
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})

    def provider(self, name: str = "cluster", **arguments: Any) -> None:
        """Arguments as the engine gets them; the kubeconfig is the cluster's unless another is given."""
        given = {"kubeconfig": {"$secret": self.kubeconfig}, **arguments}
        self.steps[name] = {"type": "provider", "name": name, "arguments": given}
        self._write()

    def add(self, kind: str, resource: str, /, *, metadata: dict[str, Any] | None = None, options: Any = None, **fields: Any) -> None:
        """An object named like the resource, in the test's namespace, unless its metadata say something else."""
        version = fields.pop("apiVersion", TOKENS.get(kind.removesuffix("Patch"), ""))
        arguments = {
            "apiVersion": version.removeprefix("core/"),
            "kind": kind.removesuffix("Patch"),
            "metadata": {"namespace": self.namespace, "name": resource, **(metadata or {})},
            **fields,
        }
        token = f"kubernetes:{version}:{kind}"
        provider = fields.pop("provider", "cluster")
        arguments.pop("provider", None)
        self.steps[resource] = {"type": token, "name": resource, "arguments": arguments, "options": options or {}, "provider": provider}
        self._write()

    def remove(self, resource: str) -> None:
        del self.steps[resource]
        self._write()

    def preview(self) -> Outcome:
        return self.stack.preview()

    def up(self) -> Outcome:
        return self.stack.up()

    def get(self, kind: str, name: str) -> dict[str, Any]:
        return self.api.get(TOKENS[kind].removeprefix("core/"), kind, name, self.namespace)

    def find(self, kind: str, name: str) -> dict[str, Any] | None:
        return self.api.find(TOKENS[kind].removeprefix("core/"), kind, name, self.namespace)

    def make(self, kind: str, name: str, manager: str = "somebody", **fields: Any) -> dict[str, Any]:
        """An object that somebody else puts there."""
        body = {
            "apiVersion": TOKENS[kind].removeprefix("core/"),
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace},
            **fields,
        }
        return self.api.create(body, field_manager=manager)

    def state(self, resource: str) -> dict[str, Any]:
        resources = self.stack.exported()["deployment"]["resources"]
        found: dict[str, Any] = next(one for one in resources if one["urn"].endswith(f"::{resource}"))
        return found

    def _write(self) -> None:
        (self.stack.project / "objects.json").write_text(json.dumps(list(self.steps.values())))


@pytest.fixture(scope="module")
def kubeconfig(sandbox: Any) -> str:
    found: str = sandbox.local_cluster("rules", nodes=[{"name": "one", "cpu": "4", "memory": "8Gi", "pods": "110"}])
    return found


@pytest.fixture
def objects(sandbox: Any, kubeconfig: str, tmp_path: Path) -> Objects:
    """Its stack is not destroyed at the end: that would double the time of these tests, and cluster and state go with the sandbox."""
    number = next(_numbers)
    program = tmp_path / "objects"
    shutil.copytree(PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml"))
    stack = Rehearsal(sandbox, program, f"rules{number}")
    return Objects(stack, stack.api("rules"), kubeconfig, number)


def edited(kubeconfig: str, change: Callable[[dict[str, Any]], Any]) -> str:
    """The kubeconfig after a change of its document, as JSON."""
    document = yaml.safe_load(kubeconfig)
    change(document)
    return json.dumps(document)


def with_server(kubeconfig: str, **fields: Any) -> str:
    return edited(kubeconfig, lambda document: document["clusters"][0]["cluster"].update(fields))


def with_user(kubeconfig: str, **fields: Any) -> str:
    return edited(kubeconfig, lambda document: document["users"][0].update(user=fields))


def token_of(kubeconfig: str) -> str:
    found: str = yaml.safe_load(kubeconfig)["users"][0]["user"]["token"]
    return found


# -- the provider is replaced, and with it every object --------------------------------------------------------------------


def replaced(outcome: Outcome) -> bool:
    return any(step.op == "replace" and step.type == "pulumi:providers:kubernetes" for step in outcome.check().steps)


def test_provider_is_replaced_by_another_cluster_entry_and_updated_by_other_credentials(objects: Objects, tmp_path: Path) -> None:
    objects.add("ConfigMap", "one", data={"k": "v"})
    objects.up().check()

    def plan(kubeconfig: str, **arguments: Any) -> Outcome:
        objects.provider(kubeconfig={"$secret": kubeconfig}, **arguments)
        return objects.preview()

    original = objects.kubeconfig
    server = yaml.safe_load(original)["clusters"][0]["cluster"]["server"]
    other_server = plan(with_server(original, server=server.replace("127.0.0.1", "localhost")))
    assert replaced(other_server)
    assert "replace kubernetes:core/v1:ConfigMap::one" in other_server.changed
    assert replaced(plan(with_server(original, **{"proxy-url": "http://127.0.0.1:9"})))  # issue 4019

    path = tmp_path / "kubeconfig"
    path.write_text(original)
    for same_cluster in (with_user(original, token="other"), str(path)):
        outcome = plan(same_cluster)
        assert not replaced(outcome)
        assert "update pulumi:providers:kubernetes::cluster" in outcome.changed
    assert not replaced(plan(original, clusterIdentifier="c1", enableConfigMapMutable="true"))


def test_cluster_identifier_decides_where_it_is_set(objects: Objects) -> None:
    objects.provider(clusterIdentifier="c1")
    objects.add("ConfigMap", "known", data={"k": "v"})
    objects.up().check()
    elsewhere = with_server(objects.kubeconfig, **{"tls-server-name": "kubernetes"})
    objects.provider(kubeconfig={"$secret": elsewhere}, clusterIdentifier="c1")
    assert not replaced(objects.preview())
    objects.provider(clusterIdentifier="c2")
    assert replaced(objects.preview())


def test_unknown_kubeconfig_replaces_the_provider_unless_the_identifier_is_the_same(objects: Objects) -> None:
    objects.provider("first")
    objects.add("ConfigMap", "anchor", data={"k": "v"}, provider="first")
    objects.provider("plain")
    objects.provider("identified", clusterIdentifier="c1")
    objects.add("ConfigMap", "a", provider="plain")
    objects.add("ConfigMap", "b", provider="identified")
    objects.up().check()
    objects.add("ConfigMap", "new", data={"k": "v"}, provider="first")
    later = {"$after": "new", "value": objects.kubeconfig}
    order = ["first", "anchor", "new", "plain", "identified", "a", "b"]
    objects.provider("plain", kubeconfig=later)
    objects.provider("identified", kubeconfig=later, clusterIdentifier="c1")
    objects.steps = {name: objects.steps[name] for name in order}
    objects.provider("plain", kubeconfig=later)
    ops = {step.name: step.op for step in objects.preview().check().steps if step.op in ("replace", "update")}
    assert ops["plain"] == "replace"
    assert ops["a"] == "replace"
    assert ops.get("identified") != "replace"
    assert ops.get("b") != "replace"


# -- previews without a cluster, and dead clusters ---------------------------------------------------------------------------


def test_a_first_preview_needs_no_cluster(objects: Objects) -> None:
    objects.provider("first")
    objects.add("ConfigMap", "anchor", provider="first")
    objects.provider(kubeconfig={"$after": "anchor", "value": objects.kubeconfig})
    objects.steps = {name: objects.steps[name] for name in ("first", "anchor", "cluster")}
    objects.add("ConfigMap", "one", data={"k": "v"})
    objects.add("Service", "invalid", spec={"ports": [{"port": 99999}]})  # nobody can know it yet
    objects.add("Widget", "custom", apiVersion="nowhere.example.com/v1")
    changed = objects.preview().check().changed
    assert "create kubernetes:core/v1:ConfigMap::one" in changed
    assert "create kubernetes:core/v1:Service::invalid" in changed
    assert "create kubernetes:nowhere.example.com/v1:Widget::custom" in changed


def dead(objects: Objects) -> str:
    return with_server(objects.kubeconfig, server="https://127.0.0.1:9")


def test_an_unreachable_cluster_lets_previews_pass_and_updates_fail(objects: Objects) -> None:
    objects.provider(clusterIdentifier="c")
    objects.add("ConfigMap", "one", metadata={"labels": {"v": "1"}})
    objects.up().check()
    objects.provider(kubeconfig={"$secret": dead(objects)}, clusterIdentifier="c")
    objects.add("ConfigMap", "one", metadata={"labels": {"v": "2"}})
    assert "update kubernetes:core/v1:ConfigMap::one" in objects.preview().check().changed
    failed = objects.up()
    assert failed.code
    assert "configured Kubernetes cluster is unreachable" in failed.errors
    refreshed = objects.stack.refresh()
    assert refreshed.code
    assert "PULUMI_K8S_DELETE_UNREACHABLE" in refreshed.errors


def test_an_expired_token_counts_as_unreachable_and_delete_unreachable_then_forgets_everything(objects: Objects) -> None:
    objects.provider(clusterIdentifier="c")
    objects.add("ConfigMap", "one", data={"k": "v"})
    objects.up().check()
    expired = {"$secret": with_user(objects.kubeconfig, token="expired")}
    objects.provider(kubeconfig=expired, clusterIdentifier="c", deleteUnreachable="true")
    objects.up().check()  # only the provider changes
    objects.stack.refresh().check()
    names = [one["urn"].rpartition("::")[2] for one in objects.stack.exported()["deployment"]["resources"]]
    assert "one" not in names
    assert objects.find("ConfigMap", "one")


def test_skip_update_unreachable_skips_changes_with_a_warning(objects: Objects) -> None:
    objects.provider(clusterIdentifier="c")
    objects.add("ConfigMap", "one", data={"k": "v"}, metadata={"labels": {"v": "1"}})
    objects.up().check()
    objects.provider(kubeconfig={"$secret": dead(objects)}, clusterIdentifier="c", skipUpdateUnreachable="true")
    objects.add("ConfigMap", "one", data={"k": "v"}, metadata={"labels": {"v": "2"}})
    skipped = objects.up().check()
    assert "update kubernetes:core/v1:ConfigMap::one" not in skipped.changed
    assert any("skipUpdateUnreachable" in text for text in skipped.warnings)
    objects.provider(clusterIdentifier="c")
    objects.up().check()
    assert objects.get("ConfigMap", "one")["metadata"]["labels"] == {"v": "2"}


# -- warnings ------------------------------------------------------------------------------------------------------------------


def test_what_the_api_server_warns_of_is_a_warning_of_the_resource(objects: Objects) -> None:
    objects.api.patch("v1", "Namespace", objects.namespace, {"metadata": {"labels": {"pod-security.kubernetes.io/warn": "restricted"}}})
    template = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    objects.add("Deployment", "lax", spec={"replicas": 0, "selector": {"matchLabels": {"app": "x"}}, "template": template})
    for outcome in (objects.preview(), objects.up()):
        told = [one for one in outcome.check().diagnostics if 'would violate PodSecurity "restricted:latest"' in one["message"]]
        assert [(one["severity"], one["urn"].rpartition("::")[2]) for one in told] == [("warning", "lax")]


# -- names ---------------------------------------------------------------------------------------------------------------------


def test_made_up_names_are_kept_and_replaced_without_a_gap(objects: Objects) -> None:
    objects.add("ConfigMap", "auto", metadata={"name": None}, data={"k": "1"})
    objects.up().check()
    first = objects.state("auto")["outputs"]["metadata"]
    assert re.fullmatch(r"auto-[0-9a-f]{8}", first["name"])
    assert first["annotations"]["pulumi.com/autonamed"] == "true"
    objects.add("ConfigMap", "auto", metadata={"name": None, "labels": {"v": "2"}}, data={"k": "1"})
    assert objects.up().check().changed == ["update kubernetes:core/v1:ConfigMap::auto"]
    assert objects.state("auto")["outputs"]["metadata"]["name"] == first["name"]
    objects.add("ConfigMap", "auto", metadata={"name": None, "labels": {"v": "2"}}, data={"k": "2"})
    order = [step.op for step in objects.up().check().steps if step.name == "auto"]
    assert order.index("create-replacement") < order.index("delete-replaced")
    assert objects.state("auto")["outputs"]["metadata"]["name"] != first["name"]
    assert objects.find("ConfigMap", first["name"]) is None


def test_objects_without_a_namespace_go_to_the_providers(objects: Objects) -> None:
    objects.provider(namespace=objects.namespace)
    objects.add("ConfigMap", "one", metadata={"namespace": None}, data={"k": "v"})
    objects.add("ClusterRole", "rules-role", apiVersion="rbac.authorization.k8s.io/v1", metadata={"namespace": None})
    objects.up().check()
    assert objects.get("ConfigMap", "one")["data"] == {"k": "v"}
    assert objects.state("one")["id"] == f"{objects.namespace}/one"
    assert objects.state("rules-role")["id"] == "rules-role"
    assert objects.preview().check().changed == []


# -- server-side apply, conflicts, mutability ------------------------------------------------------------------------------------


def test_creates_do_not_adopt_and_updates_are_applied_by_a_manager_of_the_resource(objects: Objects) -> None:
    objects.make("ConfigMap", "taken", data={"k": "theirs"})
    objects.add("ConfigMap", "taken", data={"k": "ours"})
    failed = objects.up()
    assert 'configmaps "taken" already exists' in failed.errors
    assert "upsertExistingObjects" in failed.errors
    assert objects.get("ConfigMap", "taken")["data"] == {"k": "theirs"}
    objects.remove("taken")

    objects.add("ConfigMap", "one", metadata={"labels": {"v": "1"}})
    objects.up().check()
    objects.add("ConfigMap", "one", metadata={"labels": {"v": "2"}})
    objects.up().check()
    manager = objects.state("one")["outputs"]["__fieldManager"]
    assert re.fullmatch(r"pulumi-kubernetes-[0-9a-f]{8}", manager)
    entries = objects.get("ConfigMap", "one")["metadata"]["managedFields"]
    assert [(one["manager"], one["operation"]) for one in entries] == [(manager, "Apply")]


def test_upsert_adopts_what_is_equal_and_conflicts_with_what_differs(objects: Objects) -> None:
    objects.provider(upsertExistingObjects="true")
    objects.make("ConfigMap", "equal", data={"k": "v"})
    objects.make("ConfigMap", "other", manager="kubectl-create", data={"k": "theirs"})
    objects.add("ConfigMap", "equal", data={"k": "v"})
    objects.add("ConfigMap", "other", data={"k": "ours"})
    failed = objects.up()
    assert 'conflict with "kubectl-create" using v1: .data.k' in failed.errors
    assert "equal" not in failed.errors
    objects.add("ConfigMap", "other", data={"k": "ours"}, metadata={"annotations": {"pulumi.com/patchForce": "true"}})
    objects.up().check()
    assert objects.get("ConfigMap", "other")["data"] == {"k": "ours"}


def test_enable_patch_force_overwrites(objects: Objects) -> None:
    objects.provider(upsertExistingObjects="true", enablePatchForce="true")
    objects.make("ConfigMap", "other", data={"k": "theirs"})
    objects.add("ConfigMap", "other", data={"k": "ours"})
    objects.up().check()
    assert objects.get("ConfigMap", "other")["data"] == {"k": "ours"}


def test_environment_twins_stand_in_for_arguments(objects: Objects) -> None:
    objects.stack.variables["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"] = "true"
    objects.stack.variables["PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"] = "true"
    objects.make("ConfigMap", "equal", data={"k": "v"})
    objects.add("ConfigMap", "equal", data={"k": "v"})
    objects.up().check()
    objects.add("ConfigMap", "equal", data={"k": "w"})
    # The stranger who made it still owns what it said.
    assert "conflict" in objects.up().errors
    objects.stack.variables["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true"
    assert objects.up().check().changed == ["update kubernetes:core/v1:ConfigMap::equal"]


def test_the_preview_of_a_changed_port_needs_upsert(objects: Objects) -> None:
    def service(port: int) -> None:
        ports = [{"name": "http", "port": port, "targetPort": 80}]
        objects.add(
            "Service", "svc", metadata={"annotations": {"pulumi.com/skipAwait": "true"}}, spec={"selector": {"a": "b"}, "ports": ports}
        )

    service(80)
    objects.up().check()
    service(81)
    refused = objects.preview()
    assert refused.code
    assert 'spec.ports[1].name: Duplicate value: "http"' in refused.errors
    objects.up().check()  # the update itself takes the create's fields over first
    assert [port["port"] for port in objects.get("Service", "svc")["spec"]["ports"]] == [81]
    service(82)
    assert objects.preview().check().changed == ["update kubernetes:core/v1:Service::svc"]


def test_client_side_apply_merges_and_leaves_the_rest_alone(objects: Objects) -> None:
    objects.provider(enableServerSideApply="false")
    objects.add("ConfigMap", "one", metadata={"labels": {"a": "1", "b": "1"}}, data={"k": "v"})
    objects.up().check()
    live = objects.get("ConfigMap", "one")
    assert live["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "pulumi"
    objects.api.patch("v1", "ConfigMap", "one", {"metadata": {"labels": {"theirs": "1"}}}, objects.namespace, field_manager="somebody")
    objects.add("ConfigMap", "one", metadata={"labels": {"a": "2"}}, data={"k": "v"})
    objects.preview().check()
    objects.up().check()
    labels = objects.get("ConfigMap", "one")["metadata"]["labels"]
    assert labels == {"a": "2", "theirs": "1", "app.kubernetes.io/managed-by": "pulumi"}
    assert objects.state("one")["outputs"]["__fieldManager"] == "pulumi-kubernetes"


@pytest.mark.parametrize(
    ("kind", "flag", "data"), [("ConfigMap", "enableConfigMapMutable", "data"), ("Secret", "enableSecretMutable", "stringData")]
)
def test_changed_data_replaces_unless_mutable(objects: Objects, kind: str, flag: str, data: str) -> None:
    objects.add(kind, "one", **{data: {"k": "1"}})
    objects.up().check()
    objects.add(kind, "one", **{data: {"k": "2"}})
    steps = [step for step in objects.up().check().steps if step.name == "one"]
    assert [step.replace_reasons for step in steps if step.op == "replace"] == [("data.k",)]
    order = [step.op for step in steps]
    assert order.index("delete-replaced") < order.index("create-replacement")  # a name of its own: the old one has to go first
    objects.provider(**{flag: "true"})
    objects.add(kind, "one", **{data: {"k": "3"}})
    assert f"update kubernetes:core/v1:{kind}::one" in objects.up().check().changed
    expected = "3" if kind == "ConfigMap" else base64.b64encode(b"3").decode()
    assert objects.get(kind, "one")["data"] == {"k": expected}


def test_ignored_changes_are_left_to_those_who_made_them(objects: Objects) -> None:
    def deployment(image: str) -> None:
        pod = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "main", "image": image}]}}
        spec = {"replicas": 1, "selector": {"matchLabels": {"app": "a"}}, "template": pod}
        objects.add("Deployment", "web", spec=spec, options={"ignoreChanges": ["spec.replicas"]})

    deployment("nginx:1")
    objects.up().check()
    objects.api.patch("apps/v1", "Deployment", "web", {"spec": {"replicas": 3}}, objects.namespace, field_manager="autoscaler")
    deployment("nginx:2")
    objects.up().check()
    live = objects.get("Deployment", "web")
    assert live["spec"]["replicas"] == 3
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:2"


def test_patch_resources_own_some_fields_and_give_them_back(objects: Objects) -> None:
    objects.make("ConfigMap", "shared", data={"theirs": "1"})
    objects.add("ConfigMapPatch", "shared", metadata={"labels": {"ours": "yes"}})
    objects.up().check()
    live = objects.get("ConfigMap", "shared")
    assert live["metadata"]["labels"] == {"ours": "yes"}
    assert live["data"] == {"theirs": "1"}
    objects.add("ConfigMapPatch", "shared", metadata={"labels": {"ours": "still"}})
    assert objects.up().check().changed == ["update kubernetes:core/v1:ConfigMapPatch::shared"]
    objects.remove("shared")
    objects.up().check()
    live = objects.get("ConfigMap", "shared")
    assert "labels" not in live["metadata"]
    assert live["data"] == {"theirs": "1"}


def test_import_reads_the_object_and_the_next_preview_is_empty(objects: Objects) -> None:
    objects.make("ConfigMap", "old", data={"k": "v"})
    objects.add("ConfigMap", "old", data={"k": "v"}, options={"import": f"{objects.namespace}/old"})
    assert "import kubernetes:core/v1:ConfigMap::old" in objects.up().check().changed
    objects.add("ConfigMap", "old", data={"k": "v"})
    assert objects.preview().check().changed == []


def test_refresh_sees_drift_and_what_is_gone(objects: Objects) -> None:
    objects.add("ConfigMap", "drifts", metadata={"labels": {"v": "1"}})
    objects.add("ConfigMap", "goes", data={"k": "v"})
    objects.up().check()
    objects.api.patch("v1", "ConfigMap", "drifts", {"metadata": {"labels": {"v": "9"}}}, objects.namespace)
    objects.api.delete("v1", "ConfigMap", "goes", objects.namespace)
    objects.stack.refresh().check()
    assert objects.preview().check().changed == [
        "create kubernetes:core/v1:ConfigMap::goes",
        "update kubernetes:core/v1:ConfigMap::drifts",
    ]


def test_secrets_stay_secret(objects: Objects) -> None:
    objects.add("Secret", "one", stringData={"p": {"$secret": "swordfish-1"}})
    objects.add("ConfigMap", "two", data={"p": {"$secret": "swordfish-2"}})
    objects.up().check()
    state = json.dumps(objects.stack.exported())
    for word in ("swordfish-1", "swordfish-2", base64.b64encode(b"swordfish-1").decode()):
        assert word not in state
    objects.add("ConfigMap", "two", data={"p": {"$secret": "swordfish-3"}})
    objects.add("Secret", "one", stringData={"p": {"$secret": "swordfish-4"}})
    preview = objects.preview().check()
    up = objects.up().check()
    objects.stack.refresh().check()
    for text in (preview.output, up.output, json.dumps(objects.stack.exported())):
        assert "swordfish" not in text
        assert base64.b64encode(b"swordfish-4").decode() not in text


def test_a_missing_namespace_is_waited_for(objects: Objects) -> None:
    later = f"{objects.namespace}-later"
    objects.add("ConfigMap", "early", metadata={"namespace": later}, data={"k": "v"})
    objects.add("Namespace", "late", metadata={"name": later, "namespace": None})
    assert objects.preview().check().counts["create"] >= 3
    objects.up().check()
    assert objects.api.get("v1", "ConfigMap", "early", later)["data"] == {"k": "v"}


# -- annotations that steer single objects -----------------------------------------------------------------------------------


def unschedulable(**annotations: str) -> dict[str, Any]:
    pod = {
        "metadata": {"labels": {"app": "big"}},
        "spec": {"containers": [{"name": "main", "image": "nginx:1", "resources": {"requests": {"memory": "64Gi"}}}]},
    }
    return {"metadata": {"annotations": annotations}, "spec": {"selector": {"matchLabels": {"app": "big"}}, "template": pod}}


def test_waits_end_by_annotation_timeout_or_condition_and_a_timed_out_create_is_retried_as_an_update(objects: Objects) -> None:
    condition = {"pulumi.com/waitFor": "jsonpath={.data.ready}=yes", "pulumi.com/timeoutSeconds": "2"}
    objects.add("Deployment", "big", **unschedulable(**{"pulumi.com/timeoutSeconds": "4"}))
    objects.add("Deployment", "limited", options={"timeout": "3s"}, **unschedulable(**{"pulumi.com/timeoutSeconds": "600"}))
    objects.add("Deployment", "quick", **unschedulable(**{"pulumi.com/waitFor": "jsonpath={.status.observedGeneration}"}))
    objects.add("ConfigMap", "slow", metadata={"annotations": condition}, data={"ready": "no"})
    failed = objects.stack.up("--continue-on-error")
    assert failed.code
    assert "'big' timed out waiting to be Ready" in failed.errors
    assert "'limited' timed out waiting to be Ready" in failed.errors
    assert "quick" not in failed.errors
    assert {step.name for step in failed.steps if step.failed} == {"big", "limited", "slow"}
    assert objects.state("big")["id"] == f"{objects.namespace}/big"
    for name in ("limited", "quick", "slow"):
        objects.remove(name)
    objects.add("Deployment", "big", **unschedulable(**{"pulumi.com/skipAwait": "true"}))
    assert "update kubernetes:apps/v1:Deployment::big" in objects.up().check().changed
    assert objects.preview().check().changed == []


def test_replace_unready_replaces_a_job_that_did_not_complete(objects: Objects) -> None:
    annotations = {"pulumi.com/replaceUnready": "true", "pulumi.com/skipAwait": "true"}
    pod = {"spec": {"restartPolicy": "Never", "containers": unschedulable()["spec"]["template"]["spec"]["containers"]}}
    objects.add("Job", "stuck", metadata={"annotations": annotations}, spec={"template": pod})
    objects.up().check()
    assert "replace kubernetes:batch/v1:Job::stuck" in objects.preview().check().changed


def test_orphaning_deletes_leave_what_is_owned(objects: Objects) -> None:
    pod = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "main", "image": "nginx:1"}]}}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": pod}
    objects.add("Deployment", "owner", metadata={"annotations": {"pulumi.com/deletionPropagationPolicy": "orphan"}}, spec=spec)
    objects.up().check()
    objects.remove("owner")
    objects.up().check()
    assert objects.find("Deployment", "owner") is None
    assert objects.api.list("apps/v1", "ReplicaSet", objects.namespace)


def test_deletes_wait_until_the_object_is_gone(objects: Objects) -> None:
    objects.add("ConfigMap", "held", data={"k": "v"})
    objects.up().check()
    objects.api.patch("v1", "ConfigMap", "held", {"metadata": {"finalizers": ["example.com/held"]}}, objects.namespace)
    objects.remove("held")

    def release() -> None:
        objects.api.patch("v1", "ConfigMap", "held", {"metadata": {"finalizers": None}}, objects.namespace)

    timer = threading.Timer(8.0, release)
    timer.start()
    objects.up().check()
    timer.join()
    assert objects.find("ConfigMap", "held") is None


def test_the_field_managers_name_can_be_chosen(objects: Objects) -> None:
    objects.provider(upsertExistingObjects="true")
    objects.add("ConfigMap", "one", metadata={"annotations": {"pulumi.com/patchFieldManager": "us"}}, data={"k": "v"})
    objects.up().check()
    assert objects.state("one")["outputs"]["__fieldManager"] == "us"
    assert {one["manager"] for one in objects.get("ConfigMap", "one")["metadata"]["managedFields"]} == {"us"}
