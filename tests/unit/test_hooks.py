"""Which hooks a run registers, and that a failure is told with its remedy on the resource that failed."""

from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2_grpc

from quayside import hooks
from quayside.hooks import helped, tell
from quayside.webhooks import patient


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


def test_a_program_registers_each_hook_once_under_a_stable_name(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    connect(monkeypatch, program=True)
    assert hooks_of(patient(pulumi.ResourceOptions(protect=True))) == ["quayside-webhooks"]
    assert hooks_of(helped(pulumi.ResourceOptions())) == ["quayside-remedies"]
    assert helped(pulumi.ResourceOptions(protect=True)).protect
    assert registered == ["quayside-webhooks", "quayside-remedies"]


def test_a_resource_has_one_hook_at_most(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    """Two would tell the same remedy twice."""
    connect(monkeypatch, program=True)
    assert hooks_of(helped(patient(pulumi.ResourceOptions()))) == ["quayside-webhooks"]
    assert hooks_of(helped(helped(pulumi.ResourceOptions()))) == ["quayside-remedies"]


def test_each_component_of_a_host_registers_its_own(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    for _ in range(2):
        connect(monkeypatch, program=False)
        patient(pulumi.ResourceOptions())
    assert len(set(registered)) == 2


def test_under_mocks_nothing_is_registered(monkeypatch: pytest.MonkeyPatch, registered: list[str]) -> None:
    monkeypatch.setattr(pulumi.runtime.settings, "get_monitor", lambda: object())
    assert hooks_of(patient(pulumi.ResourceOptions())) == []
    assert hooks_of(helped(pulumi.ResourceOptions())) == []
    assert registered == []


class Log:
    """Takes what is told."""

    def __init__(self, *, broken: bool = False) -> None:
        self.told: list[Any] = []
        self.broken = broken

    def Log(self, request: Any) -> None:  # noqa: N802 - the engine's name
        if self.broken:
            raise ConnectionError("the engine is gone")
        self.told.append(request)


def failure(error: str) -> pulumi.ErrorHookArgs:
    return pulumi.ErrorHookArgs(urn="urn:of:it", id="", name="cluster", type="digitalocean:index/vpc:Vpc", errors=[error])


def test_the_remedy_is_told_on_the_resource_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    monkeypatch.setattr(pulumi.runtime.settings, "get_engine", lambda: log)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
    tell(failure('POST https://api.digitalocean.com/v2/vpcs: 401 (request "x") Unable to authenticate you'))
    tell(failure("nobody knows this one"))
    (told,) = log.told
    assert told.urn == "urn:of:it"
    assert told.message.startswith("What to do: DigitalOcean does not know the token")
    assert "-s prod" in told.message


def test_what_cannot_be_told_hides_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine would show an error of the hook in place of the resource's."""
    monkeypatch.setattr(pulumi.runtime.settings, "get_engine", lambda: Log(broken=True))
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
    assert hooks._answer(failure("POST https://x: 401 no")) is False
