"""The load balancer of an entry, as it is registered."""

from typing import Any

import pulumi
import pytest
from pydantic_core import PydanticCustomError

from quayside.arguments import checked
from quayside.clusters.doks import DoksCluster
from quayside.edge.load_balancer import LoadBalancer, service
from quayside.edge.load_balancer_arguments import LoadBalancerSpec, PodPort
from quayside.settings.problems import InvalidSettings
from unit.examples import TOKEN
from unit.recorder import Recorded, record, value_of

PREFIX = "service.beta.kubernetes.io/do-loadbalancer-"


def arguments(**changed: Any) -> Any:
    ports = {"https": {"port": 443}, "http": {"port": 80, "target_port": "8080"}}
    return {"namespace": "entry", "selector": {"app": "entry"}, "ports": ports, **changed}


def balanced(made: list[LoadBalancer] | None = None, **changed: Any) -> Recorded:
    """A load balancer without a cluster at hand."""

    def program() -> None:
        one = LoadBalancer("entry", arguments(**changed))
        if made is not None:
            made.append(one)

    return record(program)


def in_a_cluster(made: list[LoadBalancer], **changed: Any) -> Recorded:
    """A load balancer of a cluster."""

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        cluster = DoksCluster("cluster", spec)
        made.append(LoadBalancer("entry", arguments(**changed), pulumi.ResourceOptions(parent=cluster.billed), cluster=cluster))

    return record(program)


def test_the_service_as_a_whole() -> None:
    spec = checked(LoadBalancerSpec, arguments(), "a test")
    assert service("entry", spec, {"a": "b"}, {"c": "d"}) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "entry", "namespace": "entry", "labels": {"c": "d"}, "annotations": {"a": "b"}},
        "spec": {
            "type": "LoadBalancer",
            "externalTrafficPolicy": "Local",
            "selector": {"app": "entry"},
            "ports": [
                {"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"},
                {"name": "https", "port": 443, "targetPort": "https", "protocol": "TCP"},
            ],
        },
    }


def test_only_some_are_let_in_by_the_services_own_field() -> None:
    only = balanced(allow_from=["198.51.100.0/24"]).one("Service").inputs
    assert only["spec"]["loadBalancerSourceRanges"] == ["198.51.100.0/24"]
    assert not [key for key in only["metadata"]["annotations"] if "allow-rules" in key]


def test_the_cloud_is_told_what_is_asked_for() -> None:
    annotations = balanced(size_unit=2, proxy_protocol=True, annotations={f"{PREFIX}type": "REGIONAL"}).one("Service").inputs["metadata"]
    assert (
        annotations["annotations"].items()
        >= {
            f"{PREFIX}name": "quayside-dev",
            f"{PREFIX}size-unit": "2",
            f"{PREFIX}enable-proxy-protocol": "true",
            f"{PREFIX}type": "REGIONAL",
        }.items()
    )


def test_everybody_waits_for_the_address() -> None:
    annotations = balanced().one("Service").inputs["metadata"]["annotations"]
    assert annotations["pulumi.com/waitFor"] == "jsonpath={.status.loadBalancer.ingress[0].ip}"
    assert annotations["pulumi.com/timeoutSeconds"] == "600"
    assert "pulumi.com/skipAwait" not in annotations


def test_in_a_cluster_a_host_name_is_waited_for_as_well() -> None:
    annotations = in_a_cluster([], host_name="entry.example.com", proxy_protocol=True).one("Service").inputs["metadata"]["annotations"]
    assert annotations["pulumi.com/waitFor"] == "jsonpath={.status.loadBalancer.ingress[0]}"
    assert annotations[f"{PREFIX}hostname"] == "entry.example.com"


def test_the_address_is_asked_from_the_cloud_or_else_read_from_the_service() -> None:
    made: list[LoadBalancer] = []
    in_a_cluster(made, host_name="entry.example.com", proxy_protocol=True)
    balanced(made)
    assert [value_of(each.address) for each in made] == ["203.0.113.10", "203.0.113.9"]
    assert [value_of(each.name) for each in made] == ["quayside-dev", "quayside-dev"]


def test_nobody_else_could_look_up_what_a_host_name_hides() -> None:
    with pytest.raises(InvalidSettings, match="host_name needs the cluster"):
        balanced(host_name="entry.example.com", proxy_protocol=True)


def test_it_is_deleted_before_the_cluster_is() -> None:
    service = in_a_cluster([]).one("Service")
    assert service.parent == "entry"
    assert service.request.deletedWith == ""


def test_it_has_the_owner_mark() -> None:
    assert balanced().one("Service").inputs["metadata"]["labels"]["quayside/owner"] == "quayside.dev"


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {"allow_from": ["198.51.100.7/24"]},
            "allow_from.0 is not a range of IPv4 addresses; write the first address and the prefix length, such as 198.51.100.0/24",
        ),
        (
            {"ports": {"http": {"port": 80, "target_port": "Http"}}},
            "ports.http.target_port is not a port; write its number from 1 to 65535, or its name of at most 15 small letters, digits and hyphens",
        ),
        (
            {"ports": {"8080": {"port": 80}}},
            "ports.8080 is not the name of a port; write at most 15 small letters, digits and single hyphens, with a letter among them and "
            "no hyphen first or last",
        ),
        ({"ports": {"a": {"port": 80}, "b": {"port": 80}}}, "ports.b.port is the number of port a as well; write another"),
        ({"ports": {}}, "ports is empty, and nothing would be listened to; write a port, such as http with port 80"),
        ({"selector": {}}, "selector is empty and would find no pods; write their labels"),
        ({"size_unit": 0}, "size_unit is too small; write 1 or more"),
        ({"cloud": "dokz"}, "cloud is none of its choices; did you mean doks?"),
    ],
)
def test_arguments_are_checked(changed: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        balanced(**changed)
    assert error.value.lines == [line]


@pytest.mark.parametrize("port", ["1", "65535", "http", "a-1"])
def test_ports_of_pods(port: str) -> None:
    assert PodPort.parse(port) == port


@pytest.mark.parametrize("port", ["0", "65536", "080", "a--b", "-a", "a" * 16, "1-1"])
def test_what_is_no_port_of_pods(port: str) -> None:
    with pytest.raises(PydanticCustomError):
        PodPort.parse(port)


@pytest.mark.parametrize("key", ["name", "size_unit", "proxy_protocol", "ports", "selector"])
def test_what_the_program_itself_decides_by_is_known(key: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        record(lambda: LoadBalancer("entry", arguments(**{key: pulumi.Output.from_input(True)})))
    assert error.value.lines == [f"{key} is known only later, as an Output; write a plain value"]


def test_its_name_at_the_cloud_is_the_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_stack", lambda: "MR_42")
    assert balanced().one("Service").inputs["metadata"]["annotations"][f"{PREFIX}name"] == "quayside-mr-42"


def test_what_is_known_only_later_passes() -> None:
    port = pulumi.Output.from_input("8080")
    recorded = balanced(namespace=pulumi.Output.from_input("later"), ports={"http": {"port": 80, "target_port": port}})
    service = recorded.one("Service").inputs
    assert (service["metadata"]["namespace"], service["spec"]["ports"][0]["targetPort"]) == ("later", 8080)
