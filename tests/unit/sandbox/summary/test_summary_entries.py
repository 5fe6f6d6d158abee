"""The summary's entry: the address by which a cluster is reached."""

from typing import Any

from quayside_sandbox.summary import entries

from .rendered import rendered, rows

BALANCER = {"id": "lb-1", "name": "quayside-dev", "ip": "203.0.113.1"}


def service(status: dict[str, Any] | None = None, kind: str = "LoadBalancer", id: str | None = "lb-1") -> dict[str, Any]:
    annotations = {entries.BALANCER: id} if id else None
    return {
        "metadata": {"namespace": "ingress-nginx", "name": "entry", "annotations": annotations},
        "spec": {"type": kind, "ports": [{"port": 80}, {"port": 443}]},
        "status": {"loadBalancer": {"ingress": [status]} if status else {}},
    }


def test_the_address_is_the_clouds_also_where_the_service_shows_a_name() -> None:
    (found,) = entries.of([service({"hostname": "entry.example.com"})], [BALANCER])
    assert found == entries.Entry("203.0.113.1", "quayside-dev", "ingress-nginx/entry", "80, 443")


def test_a_load_balancer_that_no_cloud_knows_has_the_services_address() -> None:
    (found,) = entries.of([service({"ip": "203.0.113.9"}, id=None)], [BALANCER])
    assert (found.address, found.balancer) == ("203.0.113.9", "-")


def test_one_without_address_says_so() -> None:
    table = entries.table(entries.of([service(id=None)], []))
    assert rows(table)[0][0] == "[red]none yet[/red]"
    assert "none yet" in rendered(table)


def test_other_services_are_no_entry() -> None:
    assert entries.of([service(kind="ClusterIP")], [BALANCER]) == []
    assert entries.table([]) is None
