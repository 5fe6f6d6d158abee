"""What a simulated Prometheus answers: the rules, the command that sets them, and whether anybody is there to ask."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quayside_sandbox.controlplane import measured
from quayside_sandbox.controlplane.controllers.argo_rollouts.measuring import resolved
from quayside_sandbox.controlplane.controllers.argo_rollouts.prometheus import NoAnswer, ask
from quayside_sandbox.folder import FOLDER_VARIABLE, Folder
from quayside_sandbox.kube.client import Object
from quayside_sandbox.measured_command import app

from .fake_cluster import FakeCluster, running, service


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return Folder(tmp_path)


def command(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_answers_are_set_shown_and_taken_back(folder: Folder) -> None:
    assert command("set", "success-rate", "0.99").exit_code == 0
    assert command("set", "shop.*latency", "NaN", "2").exit_code == 0
    assert command("set", "errors", "none").exit_code == 0
    assert command("list").output == "success-rate  0.99\nshop.*latency  nan 2.0\nerrors  none\n"
    rules = measured.rules(folder)
    assert measured.of(rules, "success-rate", "sum(x)") == [0.99]
    first, second = measured.of(rules, "p99", 'latency{service="shop"}'), measured.of(rules, "p99", 'rate{service="shop"} latency')
    assert not first
    assert math.isnan(second[0])
    assert not measured.of(rules, "other", "sum(x)")
    command("set", "success", "1")
    assert measured.of(measured.rules(folder), "success-rate", "") == [1.0], "the last one holds"
    assert command("clear").exit_code == 0
    assert command("list").output == ""


@pytest.mark.parametrize("words", [("set", "(", "1"), ("set", "a", "much")])
def test_a_mistake_is_explained(words: tuple[str, ...]) -> None:
    assert command(*words).exit_code == 2


def metric(address: str) -> Object:
    return {"name": "rate", "provider": {"prometheus": {"address": address, "query": "sum(x)"}}}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "prometheus address is not configured"),
        ("prometheus:9090", "prometheus address is not is url format"),
        ("http://prometheus.else.svc:9090", "lookup prometheus.else.svc: no such host"),
        ("http://prometheus.seen.svc:80", "context deadline exceeded"),
        ("http://empty.seen.svc.cluster.local:9090", "connection refused"),
    ],
)
def test_without_a_prometheus_there_is_no_answer(cluster: FakeCluster, address: str, why: str) -> None:
    for name in ("prometheus", "empty"):
        cluster.put(**service(name, "seen", {"app": name}, p9090=9090))
    cluster.put(**running("prometheus-0", "seen", {"app": "prometheus"}))
    services, pods = cluster.around.watch("v1", "Service"), cluster.around.watch("v1", "Pod")
    rules = [{"pattern": ".", "values": ["1.0"]}]
    assert ask(services, pods, rules, metric("http://prometheus.seen.svc:9090")) == [1.0]
    with pytest.raises(NoAnswer) as problem:
        ask(services, pods, rules, metric(address))
    assert why in str(problem.value)


def test_arguments_come_into_queries() -> None:
    given = {**metric("http://p"), "successCondition": "result[0] > {{args.least}}"}
    given["provider"]["prometheus"]["query"] = 'x{pod=~"shop-{{ args.hash }}-.*"}'
    filled = resolved(given, [{"name": "least", "value": "0.9"}, {"name": "hash", "value": 'a"b'}])
    assert filled["successCondition"] == "result[0] > 0.9"
    assert filled["provider"]["prometheus"]["query"] == 'x{pod=~"shop-a"b-.*"}'
    with pytest.raises(ValueError, match="failed to resolve"):
        resolved(given, [{"name": "least", "value": "0.9"}])
    with pytest.raises(ValueError, match='argument "hash" was not supplied'):
        resolved(given, [{"name": "hash"}])
