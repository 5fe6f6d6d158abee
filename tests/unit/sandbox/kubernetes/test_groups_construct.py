"""ConfigGroup and ConfigFile towards the engine: what they register, in which order, with which secrets. The engine is a gRPC server here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from quayside_sandbox.kube import ApiError
from quayside_sandbox.plugins.kubernetes.configuration import Configuration
from quayside_sandbox.plugins.kubernetes.groups import construct
from quayside_sandbox.plugins.kubernetes.handler import Problem
from quayside_sandbox.plugins.values import UNKNOWN, Secret, decode, encode

GROUP, FILE = "kubernetes:yaml/v2:ConfigGroup", "kubernetes:yaml/v2:ConfigFile"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Writes down what is registered; refuses the type that it is told to refuse."""

    def __init__(self) -> None:
        self.registered: list[Any] = []
        self.outputs: dict[str, Any] = {}
        self.refuse = ""
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        if request.type == self.refuse:
            context.abort(grpc.StatusCode.UNKNOWN, "the engine says no")
        with self._lock:
            self.registered.append(request)
        return resource_pb2.RegisterResourceResponse(
            urn=f"urn:{request.type}::{request.name}", id=f"id-{request.name}" if request.custom else ""
        )

    def RegisterResourceOutputs(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        self.outputs[request.urn] = decode(request.outputs)
        return empty_pb2.Empty()


class Discovery:
    """An API server that knows no kinds: then the plugin's own list of cluster-wide kinds decides."""

    def kind(self, version: str, kind: str) -> Any:
        raise ApiError(404, "", "")


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    one = Monitor()
    server = grpc.server(ThreadPoolExecutor(8))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(one, server)
    one.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"  # type: ignore[attr-defined]
    server.start()
    yield one
    server.stop(None)


def build(
    monitor: Monitor, inputs: dict[str, Any], *, type: str = GROUP, api: Any = None, warnings: list[str] | None = None, **more: Any
) -> Any:
    request = provider_pb2.ConstructRequest(
        monitorEndpoint=monitor.address,  # type: ignore[attr-defined]
        type=type,
        name="grp",
        parent="urn:stack",
        inputs=encode(inputs),
        providers={"kubernetes": "urn:provider::id"},
        **more,
    )
    configuration = Configuration(api=api or Discovery(), namespace="home")
    said = warnings if warnings is not None else []
    return construct(request, configuration, lambda message, urn: said.append(message))


def children(monitor: Monitor) -> list[tuple[str, str]]:
    return [(one.type, one.name) for one in monitor.registered[1:]]


def test_names_types_and_order(monitor: Monitor) -> None:
    text = CONFIG.replace("name: a", "name: a, namespace: shop") + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    response = build(monitor, {"yaml": text})
    assert [(one.type, one.name, one.parent) for one in monitor.registered] == [
        (GROUP, "grp", "urn:stack"),
        ("kubernetes:core/v1:Namespace", "grp:shop", f"urn:{GROUP}::grp"),
        ("kubernetes:core/v1:ConfigMap", "grp:shop/a", f"urn:{GROUP}::grp"),
    ]
    component, namespace, config = monitor.registered
    assert not component.custom
    assert dict(component.providers) == {"kubernetes": "urn:provider::id"}
    assert list(namespace.dependencies) == []
    assert list(config.dependencies) == ["urn:kubernetes:core/v1:Namespace::grp:shop"]
    assert config.provider == "urn:provider::id"
    assert config.version
    assert response.urn == f"urn:{GROUP}::grp"
    assert len(decode(response.state)["resources"]) == 2
    assert monitor.outputs[response.urn] == decode(response.state)


@pytest.mark.parametrize(("given", "name"), [({}, "grp:home/a"), ({"resourcePrefix": "x"}, "x:home/a"), ({"resourcePrefix": ""}, "home/a")])
def test_the_prefix_is_the_components_name_unless_another_is_given(monitor: Monitor, given: Any, name: str) -> None:
    build(monitor, {"yaml": CONFIG, **given})
    assert children(monitor) == [("kubernetes:core/v1:ConfigMap", name)]


def test_types_of_other_groups(monitor: Monitor) -> None:
    objects = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}},
        {"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": {"name": "i"}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}},
    ]
    build(monitor, {"objs": objects})
    assert sorted(children(monitor)) == [
        ("kubernetes:apps/v1:Deployment", "grp:home/d"),
        ("kubernetes:cert-manager.io/v1:ClusterIssuer", "grp:i"),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "grp:r"),
    ]


def test_files_text_and_objects_together(monitor: Monitor, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.yaml").write_text(CONFIG.replace("name: a", f"name: file-{number}"))
    build(
        monitor,
        {
            "files": [str(tmp_path / "*.yaml")],
            "yaml": CONFIG,
            "objs": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "obj"}}],
        },
    )
    assert sorted(name for _, name in children(monitor)) == ["grp:home/a", "grp:home/file-1", "grp:home/file-2", "grp:home/obj"]


def test_a_config_file(monitor: Monitor, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(CONFIG)
    build(monitor, {"file": str(tmp_path / "one.yaml")}, type=FILE)
    assert children(monitor) == [("kubernetes:core/v1:ConfigMap", "grp:home/a")]
    with pytest.raises(Problem, match="ConfigFile needs `file`"):
        build(monitor, {}, type=FILE)


def test_skip_await_is_said_to_each_child(monitor: Monitor) -> None:
    build(monitor, {"yaml": CONFIG, "skipAwait": True})
    assert decode(monitor.registered[1].object)["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}


def test_the_content_of_a_secret_is_secret(monitor: Monitor) -> None:
    build(monitor, {"yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {p: hunter}\ntype: Opaque\n"})
    found = decode(monitor.registered[1].object)
    assert found["stringData"] == Secret({"p": "hunter"})
    assert found["type"] == "Opaque"


def test_objects_of_a_secret_text_are_secret(monitor: Monitor) -> None:
    build(monitor, {"yaml": Secret(CONFIG)})
    found = decode(monitor.registered[1].object)
    assert found["data"] == Secret({"k": "v"})
    assert found["metadata"]["name"] == "a"


def test_unknown_inputs_show_the_component_alone(monitor: Monitor) -> None:
    said: list[str] = []
    response = build(monitor, {"yaml": UNKNOWN}, warnings=said, dryRun=True)
    assert children(monitor) == []
    assert decode(response.state) == {"resources": UNKNOWN}
    assert said == [f"{GROUP}:grp -- Required input properties have unknown values. Preview is incomplete."]


def test_without_a_cluster_a_preview_shows_the_component_and_up_fails(monitor: Monitor) -> None:
    said: list[str] = []

    def build_without(preview: bool) -> Any:
        request = provider_pb2.ConstructRequest(
            monitorEndpoint=monitor.address, type=GROUP, name="grp", inputs=encode({"yaml": CONFIG}), dryRun=preview
        )  # type: ignore[attr-defined]
        return construct(request, Configuration(unreachable="no route"), lambda message, urn: said.append(message))

    build_without(preview=True)
    assert children(monitor) == []
    assert "no route" in said[0]
    with pytest.raises(Problem, match="no route"):
        build_without(preview=False)


def test_options_of_the_component_are_passed_on(monitor: Monitor) -> None:
    build(monitor, {}, protect=True, retainOnDelete=True, deletedWith="urn:cluster", dependencies=["urn:before"])
    [component] = monitor.registered
    assert component.protect
    assert component.retainOnDelete
    assert component.deletedWith == "urn:cluster"
    assert list(component.dependencies) == ["urn:before"]


def test_what_the_engine_refuses_is_the_components_error(monitor: Monitor) -> None:
    monitor.refuse = "kubernetes:core/v1:ConfigMap"
    with pytest.raises(Problem, match="grp: the engine says no"):
        build(monitor, {"yaml": CONFIG})


def test_other_components_are_refused_with_a_way_out(monitor: Monitor) -> None:
    with pytest.raises(Problem, match=r"does not construct kubernetes:helm\.sh/v4:Chart.*--official kubernetes"):
        build(monitor, {}, type="kubernetes:helm.sh/v4:Chart")
