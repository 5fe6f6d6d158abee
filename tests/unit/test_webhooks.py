"""How long a webhook is waited for, and what is waited for at all."""

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2_grpc

from quayside import webhooks
from quayside.webhooks import PAUSES, patient, pause

EARLY = (
    'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post '
    '"https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s": '
)
UNANSWERED = [
    EARLY + 'no endpoints available for service "cert-manager-webhook"',
    EARLY + "dial tcp 10.245.3.4:443: connect: connection refused",
    EARLY + "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    EARLY + "context deadline exceeded",
    'no endpoints available for service "ingress-nginx-controller-admission"',
]
OTHERS = [
    'ClusterIssuer.cert-manager.io "prod" is invalid: spec.acme.server: Required value',
    'admission webhook "webhook.cert-manager.io" denied the request: spec.acme.email: Invalid value',
    'clusterissuers.cert-manager.io "prod" already exists',
    "the server could not find the requested resource",
]


@pytest.mark.parametrize("error", UNANSWERED)
def test_an_unanswered_call_is_repeated(error: str) -> None:
    assert pause([error]) == 1


@pytest.mark.parametrize("error", OTHERS)
def test_every_other_error_is_not(error: str) -> None:
    assert pause([error]) is None


def test_pauses_grow_to_two_minutes_and_end() -> None:
    assert [pause([UNANSWERED[0]] * tries) for tries in range(1, 11)] == [1, 2, 4, 8, 15, 30, 30, 30, None, None]
    assert sum(PAUSES) == 120


def test_only_the_newest_error_counts() -> None:
    assert pause([UNANSWERED[1], UNANSWERED[0]]) == 2
    assert pause([OTHERS[0], UNANSWERED[0]]) is None


def test_the_pause_does_not_hold_up_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PAUSES", (0.2,))

    async def both() -> tuple[bool, bool, float]:
        begun = asyncio.get_running_loop().time()
        first, second = await asyncio.gather(*(webhooks._try_again(failure(error)) for error in (UNANSWERED[0], UNANSWERED[1])))
        return first, second, asyncio.get_running_loop().time() - begun

    first, second, took = asyncio.run(both())
    assert first and second
    assert 0.2 <= took < 0.4


def test_the_engine_is_told_to_give_up_at_once() -> None:
    assert asyncio.run(webhooks._try_again(failure(OTHERS[0]))) is False


def failure(*errors: str) -> pulumi.ErrorHookArgs:
    return pulumi.ErrorHookArgs(urn="urn", id="", name="prod", type="kubernetes:cert-manager.io/v1:ClusterIssuer", errors=list(errors))


class Engine(resource_pb2_grpc.ResourceMonitorStub):
    """A connection to an engine."""

    def __init__(self) -> None:
        """Without a channel."""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the hooks that were registered, in place of an engine that takes them."""
    names: list[str] = []

    class Hook(pulumi.ErrorHook):
        def __init__(self, name: str, func: Any) -> None:
            self.name, self.callback = name, func
            names.append(name)

    monkeypatch.setattr(pulumi, "ErrorHook", Hook)
    return names


def connect(monkeypatch: pytest.MonkeyPatch, *, program: bool) -> None:
    engine = Engine()
    monkeypatch.setattr(pulumi.runtime.settings, "get_monitor", lambda: engine)
    monkeypatch.setattr(pulumi.runtime, "get_root_resource", lambda: object() if program else None)


def hooks_of(opts: pulumi.ResourceOptions) -> list[str]:
    return [hook.name for hook in (opts.hooks.on_error or [])] if opts.hooks else []


def test_a_program_registers_one_hook_of_a_stable_name(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    connect(monkeypatch, program=True)
    assert hooks_of(patient(pulumi.ResourceOptions(protect=True))) == ["quayside-webhooks"]
    assert patient(pulumi.ResourceOptions(protect=True)).protect
    assert registered == ["quayside-webhooks"]


def test_each_component_of_a_host_registers_its_own(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    for _ in range(2):
        connect(monkeypatch, program=False)
        patient(pulumi.ResourceOptions())
    assert len(set(registered)) == 2


def test_under_mocks_nothing_is_registered(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    monkeypatch.setattr(pulumi.runtime.settings, "get_monitor", lambda: object())
    assert hooks_of(patient(pulumi.ResourceOptions())) == []
    assert registered == []


def test_a_host_that_another_route_is_about_to_let_go_of_is_tried_again() -> None:
    said = 'denied the request: host "shop.example.com" and path "/" is already defined in ingress shop/shop'
    assert pause([said]) == 1
