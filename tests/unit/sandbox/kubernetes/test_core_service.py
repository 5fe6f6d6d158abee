"""The gRPC service: a half-done creation carries its state, messages find their resource, dead clusters and lists are refused."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from quayside_sandbox.plugins.kubernetes.engine import Engine
from quayside_sandbox.plugins.kubernetes.handler import Change, DiffResult, PartialFailure, State
from quayside_sandbox.plugins.kubernetes.servicer import KubernetesServicer, _diff_response
from quayside_sandbox.plugins.values import Secret, decode, encode

URN = "urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::settings"


class Aborted(Exception):
    """What a real context raises to end the call."""


class Context:
    """A grpc.ServicerContext, as far as the service uses it."""

    def __init__(self) -> None:
        self.code: grpc.StatusCode | None = None
        self.details, self.trailing = "", ()

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        self.code, self.details = code, details
        raise Aborted

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.trailing = metadata


def refused(call: Any, request: Any) -> Context:
    context = Context()
    with pytest.raises(Aborted):
        call(request, context)
    return context


def test_a_half_done_creation_carries_its_state(monkeypatch: pytest.MonkeyPatch) -> None:
    service = KubernetesServicer()
    state = State("ns/a", {"kind": "ConfigMap", "data": Secret("x")})

    def create(*arguments: Any) -> State:
        raise PartialFailure("not ready", state, {"kind": "ConfigMap"}, ["not ready", "why"])

    monkeypatch.setattr(service.objects, "create", create)
    context = refused(service.Create, provider_pb2.CreateRequest(urn=URN, properties=encode({})))
    assert (context.code, context.details) == (grpc.StatusCode.UNKNOWN, "not ready")
    ((key, value),) = context.trailing
    assert key == "grpc-status-details-bin"
    status = status_pb2.Status.FromString(value)
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("ns/a", ["not ready", "why"])
    assert decode(detail.properties) == state.outputs


def test_an_unconfigured_cluster_previews_creates_as_they_are_and_refuses_real_ones() -> None:
    service = KubernetesServicer()
    news = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    preview = service.Create(provider_pb2.CreateRequest(urn=URN, properties=encode(news), preview=True), Context())
    assert decode(preview.properties) == news
    context = refused(service.Create, provider_pb2.CreateRequest(urn=URN, properties=encode(news)))
    assert "configured Kubernetes cluster is unreachable" in context.details
    context = refused(service.Read, provider_pb2.ReadRequest(urn=URN, id="ns/a"))
    assert "PULUMI_K8S_DELETE_UNREACHABLE" in context.details


def test_lists_are_refused() -> None:
    urn = URN.replace("ConfigMap", "ConfigMapList")
    context = refused(KubernetesServicer().Check, provider_pb2.CheckRequest(urn=urn, news=encode({"kind": "ConfigMapList"})))
    assert "Use the underlying resource type" in context.details


def test_check_keeps_secrets_and_fills_in_name_and_namespace() -> None:
    news = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": Secret("v")}}
    answer = KubernetesServicer().Check(provider_pb2.CheckRequest(urn=URN, news=encode(news), randomSeed=b"seed"), Context())
    inputs = decode(answer.inputs)
    assert inputs["data"] == {"k": Secret("v")}
    assert inputs["metadata"]["namespace"] == "default"
    assert inputs["metadata"]["name"].startswith("settings-")
    assert not answer.failures


def test_deletes_are_shown_from_the_inputs() -> None:
    found = _diff_response(DiffResult({"data.a": Change.DELETE, "data.b": Change.UPDATE_REPLACE}, ["data.b"], of_inputs=False))
    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert found.detailedDiff["data.a"].inputDiff
    assert not found.detailedDiff["data.b"].inputDiff
    assert list(found.replaces) == ["data.b"]
    assert _diff_response(DiffResult()).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_warning_is_said_once_about_the_resource_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(engine, "warn", lambda message, urn: said.append((message, urn)))
    for urn in ("one", "one", "two"):
        with engine.about(urn):
            engine.warn_once("deprecated")
    assert said == [("deprecated", "one"), ("deprecated", "two")]


def test_the_servers_deprecation_warnings_can_be_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    service = KubernetesServicer()
    said: list[str] = []
    monkeypatch.setattr(service.engine, "warn", lambda message, urn: said.append(message))
    service._server_warning("policy/v1beta1 PodSecurityPolicy is deprecated")
    service.configuration.suppress_deprecation_warnings = True
    service._server_warning("v1 Endpoints is deprecated in v1.33+")
    service._server_warning('unknown field "spec.foo"')
    assert said == ["policy/v1beta1 PodSecurityPolicy is deprecated", 'unknown field "spec.foo"']
