"""What a Service says to DigitalOcean's controller, and how its address is asked for."""

from typing import Any

from quayside.arguments import checked
from quayside.clusters import index
from quayside.clusters.doks import DoksCluster
from quayside.clusters.doks_load_balancer import annotations
from quayside.edge.load_balancer import LoadBalancer
from quayside.settings.entry import LoadBalancerSettings
from unit.examples import TOKEN
from unit.recorder import record, value_of

PREFIX = "service.beta.kubernetes.io/do-loadbalancer-"
BY_NAME, BY_ID = "203.0.113.10", "203.0.113.11"
"""What the recorder's cloud answers."""


def said(**given: Any) -> dict[str, str]:
    return annotations(checked(LoadBalancerSettings, given, "a load balancer"))


def test_all_that_is_asked_for() -> None:
    assert said(name="dev", size_unit=3, proxy_protocol=True, host_name="entry.example.com") == {
        f"{PREFIX}name": "dev",
        f"{PREFIX}hostname": "entry.example.com",
        f"{PREFIX}enable-proxy-protocol": "true",
        f"{PREFIX}size-unit": "3",
        f"{PREFIX}disable-lets-encrypt-dns-records": "true",
    }


def test_without_a_host_name_the_address_is_shown() -> None:
    assert not [key for key in said() if "hostname" in key]
    assert said()[f"{PREFIX}enable-proxy-protocol"] == "false"


def test_the_users_own_annotations_win() -> None:
    changed = said(size_unit=3, annotations={f"{PREFIX}type": "REGIONAL_NETWORK", f"{PREFIX}size-unit": "4"})
    assert (changed[f"{PREFIX}type"], changed[f"{PREFIX}size-unit"]) == ("REGIONAL_NETWORK", "4")


def test_the_index_knows_them_without_a_cluster() -> None:
    settings = checked(LoadBalancerSettings, {"name": "dev"}, "a load balancer")
    assert index.load_balancer_annotations("doks", settings) == annotations(settings)
    assert set(index.LOAD_BALANCERS) == set(index.KINDS)


def asked(annotations: dict[str, str]) -> Any:
    """The address that the cloud tells. annotations: what is noted on the Service."""
    made: list[LoadBalancer] = []

    def program() -> None:
        spec: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}}
        args: Any = {"namespace": "entry", "selector": {"app": "entry"}, "ports": {"http": {"port": 80}}, "annotations": annotations}
        made.append(LoadBalancer("entry", args, cluster=DoksCluster("cluster", spec)))

    record(program)
    return value_of(made[0].address)


def test_the_address_is_asked_by_name() -> None:
    assert asked({}) == BY_NAME


def test_the_address_is_asked_by_the_id_that_the_controller_noted() -> None:
    """Under a new name nothing can be found before it is given, which would break the preview."""
    assert asked({"kubernetes.digitalocean.com/load-balancer-id": "abc"}) == BY_ID
