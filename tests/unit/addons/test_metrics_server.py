"""metrics-server, as it is registered."""

from typing import Any

import pytest

from quayside.addons.metrics_server import MetricsServer
from quayside.settings.footprint import METRICS_SERVER
from quayside.settings.problems import InvalidSettings
from unit.recorder import Recorded, record, value_of


def metrics_server(**args: Any) -> Recorded:
    given: Any = args
    return record(lambda: MetricsServer("metrics-server", given))


def values(**args: Any) -> Any:
    return metrics_server(**args).one("Release").inputs["values"]


def test_the_release_is_named_and_pinned() -> None:
    release = metrics_server().one("Release").inputs
    found = tuple(release[key] for key in ("name", "namespace", "chart", "version", "repositoryOpts"))
    repository = {"repo": "https://kubernetes-sigs.github.io/metrics-server/"}
    assert found == ("metrics-server", "metrics-server", "metrics-server", "3.13.1", repository)


def test_its_namespace_comes_first_and_holds_pods_to_the_restricted_profile() -> None:
    recorded = metrics_server()
    assert recorded.one("Release").after == {"metrics-server"}
    labels = recorded.one("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["quayside/owner"] == "quayside.dev"


def test_everything_is_its_child() -> None:
    recorded = metrics_server()
    assert {recorded.one(kind).parent for kind in ("Namespace", "Release")} == {"metrics-server"}
    assert recorded.one("MetricsServer").type == "quayside:index:MetricsServer"


def test_the_pod_asks_for_what_the_check_of_capacity_counts() -> None:
    assert values()["resources"] == {"requests": METRICS_SERVER.requests}


def test_helms_own_labels_are_left_to_helm() -> None:
    assert values()["commonLabels"] == {"quayside/owner": "quayside.dev"}


def test_certificates_of_kubelets_are_checked() -> None:
    assert "--kubelet-insecure-tls" not in str(values())


def test_the_users_values_go_over_ours() -> None:
    found = values(values={"replicas": 2, "resources": {"requests": {"cpu": "50m"}}})
    assert (found["replicas"], found["resources"]["requests"]) == (2, {"cpu": "50m", "memory": "200Mi"})


def test_a_mirror_replaces_the_repository() -> None:
    release = metrics_server(mirror="./charts").one("Release").inputs
    assert release["chart"] == "./charts/metrics-server"
    assert not {"version", "repositoryOpts"} & set(release)


def test_unknown_arguments_are_refused() -> None:
    with pytest.raises(InvalidSettings, match="metrics-server metrics-server"):
        metrics_server(replicas=2)


def test_it_tells_its_namespace() -> None:
    made: list[MetricsServer] = []
    record(lambda: made.append(MetricsServer("metrics-server", {})))
    assert value_of(made[0].namespace) == "metrics-server"
