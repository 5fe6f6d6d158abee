"""Rules of failures: what they match, how they reach the API server, what a kubelet would report."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quayside_sandbox.controlplane import failures, faults
from quayside_sandbox.controlplane.failures import Course
from quayside_sandbox.controlplane.fault_policy import fault_of, glob_regex, policy
from quayside_sandbox.folder import Folder

POD: dict[str, Any] = {
    "metadata": {"name": "web-abc-12345", "namespace": "shop", "uid": "u-1", "annotations": {}},
    "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "acme/web:1"}]},
}
CONTAINER = POD["spec"]["containers"][0]


@given(st.text("ab*?.[]!-/", max_size=12), st.text("ab.-/", max_size=12))
def test_a_glob_is_the_same_in_the_api_server(pattern: str, value: str) -> None:
    if "[" in pattern or "]" in pattern:  # sets are compared by the examples below: fnmatch has odd readings of broken ones
        return
    assert bool(re.search(glob_regex(pattern), value)) == fnmatchcase(value, pattern)


@pytest.mark.parametrize(("value", "hit"), [("web-1", True), ("web-3", False), ("web-x", False)])
def test_sets_in_globs(value: str, hit: bool) -> None:
    assert bool(re.search(glob_regex("web-[12]"), value)) == fnmatchcase(value, "web-[12]") == hit
    assert bool(re.search(glob_regex("web-[!3x]"), value)) == hit


def test_rules_are_kept_and_taken_back(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    faults.set(folder, "crash-loop", "pod=shop/web-*")
    faults.set(folder, "crash-loop", "pod=shop/web-*")
    faults.set(folder, "node-lost", "node=main-*")
    assert faults.rules(folder) == [{"kind": "crash-loop", "match": "pod=shop/web-*"}, {"kind": "node-lost", "match": "node=main-*"}]
    faults.clear(folder, "node-lost")
    assert [rule["kind"] for rule in faults.rules(folder)] == ["crash-loop"]
    faults.clear(folder)
    assert faults.rules(folder) == []


@pytest.mark.parametrize(
    ("match", "hit"),
    [("pod=shop/web-*", True), ("pod=*/web-*", True), ("pod=shop/api-*", False), ("image=acme/web:*", True), ("image=acme/*:2", False)],
)
def test_the_first_rule_that_names_a_pod_counts(match: str, hit: bool) -> None:
    rules = [{"kind": "crash-loop", "match": match}, {"kind": "never-ready", "match": "pod=*/*"}]
    assert fault_of(POD, rules) == (f"crash-loop {match}" if hit else "never-ready pod=*/*")


def test_the_policy_quotes_what_users_write() -> None:
    body, binding = policy([{"kind": "crash-loop", "match": 'image=we"ird:*'}], "v1")
    [name, fault] = body["spec"]["variables"]
    assert '"^we\\\\\\"ird:.*$"' in fault["expression"] or '"^we\\"ird:.*$"' in fault["expression"]
    assert binding["spec"]["policyName"] == body["metadata"]["name"]
    assert name["name"] == "name"


def test_a_crash_loop_backs_off_as_a_kubelet_does() -> None:
    course, seen = Course("crash-loop pod=shop/web-*"), []
    for _ in range(12):
        report = failures.crash_loop(POD, CONTAINER, course, "10.0.0.1")
        waiting = report.state.get("waiting")
        seen.append(waiting["message"].split()[1] if waiting else next(iter(report.state)))
    assert seen == ["running", "terminated", "running", "10s", "running", "20s", "running", "40s", "running", "1m20s", "running", "2m40s"]
    assert course.restarts == 5


def test_one_who_must_not_restart_fails() -> None:
    pod = {**POD, "spec": {**POD["spec"], "restartPolicy": "Never"}}
    course = Course("out-of-memory pod=*/*")
    failures.out_of_memory(pod, CONTAINER, course, "")
    report = failures.out_of_memory(pod, CONTAINER, course, "")
    assert report.phase == "Failed"
    assert report.state["terminated"]["reason"] == "OOMKilled"
    assert report.again is None


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("acme/web:1", "docker.io/acme/web:1"),
        ("registry.example.com/web:1", "registry.example.com/web:1"),
        ("localhost:5000/web", "localhost:5000/web:latest"),
        ("acme/web@sha256:abc", "docker.io/acme/web@sha256:abc"),
    ],
)
def test_a_missing_image_is_named_as_containerd_does(image: str, reference: str) -> None:
    report = failures.image_missing(POD, {"name": "app", "image": image}, Course("image-missing pod=*/*"), "")
    message = report.state["waiting"]["message"]
    assert message.endswith(f'failed to resolve reference "{reference}": {reference}: not found')


@pytest.mark.parametrize(
    ("probe", "message"),
    [
        ({"httpGet": {"path": "/z", "port": "web"}}, 'Get "http://10.0.0.1:8080/z": dial tcp 10.0.0.1:8080: connect: connection refused'),
        ({"tcpSocket": {"port": 5432}}, "dial tcp 10.0.0.1:5432: connect: connection refused"),
        ({"exec": {"command": ["true"]}}, "command exited with 1"),
    ],
)
def test_an_unready_pod_says_which_probe_failed(probe: dict[str, Any], message: str) -> None:
    container = {**CONTAINER, "readinessProbe": probe, "ports": [{"name": "web", "containerPort": 8080}]}
    report = failures.never_ready(POD, container, Course("never-ready pod=*/*"), "10.0.0.1")
    assert ("Warning", "Unhealthy", f"Readiness probe failed: {message}") in report.events
