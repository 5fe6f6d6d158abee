"""The summary's host names: where each leads, and what serves it."""

from typing import Any

import pytest

from quayside_sandbox.clouds.world_dns import Entry, Zone
from quayside_sandbox.summary import names

from .rendered import rendered, rows

DOOR = "203.0.113.1"
ZONES = {
    "example.com": Zone(
        [
            Entry("shop.example.com", "A", DOOR),
            Entry("*.dev.example.com", "A", DOOR),
            Entry("cdn.example.com", "A", DOOR, proxied=True),
            Entry("old.example.com", "A", "198.51.100.7"),
            Entry("www.example.com", "CNAME", "acme.netlify.app"),
            Entry("example.com", "TXT", "v=spf1 -all"),
        ]
    )
}


def ingress(host: str | None, service: str = "hello") -> dict[str, Any]:
    paths = [{"path": "/", "backend": {"service": {"name": service, "port": {"number": 80}}}}]
    return {"metadata": {"namespace": service, "name": service}, "spec": {"rules": [{"host": host, "http": {"paths": paths}}]}}


def shown(*ingresses: dict[str, Any]) -> dict[str, tuple[str, str]]:
    served: names.Served = {}
    names.add(served, list(ingresses))
    return {name: (to, by) for name, to, by in rows(names.table(served, ZONES, {DOOR}))}


def test_every_record_that_leads_somewhere_is_shown_with_where() -> None:
    assert shown() == {
        "cdn.example.com": (f"Cloudflare → [green]{DOOR}[/green], the entry", "-"),
        "*.dev.example.com": (f"[green]{DOOR}[/green], the entry", "-"),
        "old.example.com": ("198.51.100.7, elsewhere", "-"),
        "shop.example.com": (f"[green]{DOOR}[/green], the entry", "-"),
        "www.example.com": ("acme.netlify.app, elsewhere", "-"),
    }


@pytest.mark.parametrize(
    ("host", "leads"),
    [
        ("shop.example.com", f"[green]{DOOR}[/green], the entry"),
        ("hello.dev.example.com", f"[green]{DOOR}[/green], the entry"),
        ("old.example.com", "[red]198.51.100.7, not the entry[/red]"),
        ("gone.example.com", "[red]nowhere[/red]: no such host gone.example.com: zone example.com has no record of it"),
        ("hello.example.org", "[red]nowhere[/red]: no such host hello.example.org: it lies in no zone that is kept here"),
    ],
)
def test_a_served_host_must_lead_to_the_entry(host: str, leads: str) -> None:
    assert shown(ingress(host))[host] == (leads, "hello/hello")


def test_a_host_of_several_services_is_one_row() -> None:
    assert shown(ingress("shop.example.com", "a"), ingress("shop.example.com", "b"))["shop.example.com"][1] == "a/a, b/b"


def test_an_ingress_without_host_takes_all() -> None:
    assert shown(ingress(None))["*"][0] == "any name that leads to the entry"


def test_without_names_there_is_no_table() -> None:
    assert names.table({}, {}, set()) is None


def test_it_fits_a_terminal() -> None:
    served: names.Served = {}
    names.add(served, [ingress("a-rather-long-host-name-for-a-service.staging.example.org", "a-long-service-name")])
    assert "elsewhere" in rendered(names.table(served, ZONES, {DOOR}))


def test_hosts_of_routes_and_of_virtual_services() -> None:
    served: names.Served = {}
    backend = {"backendRefs": [{"name": "web", "port": 80}]}
    at_gateway = {"parentRefs": [{"name": "gateway"}], "hostnames": ["a.example.com"], "rules": [backend]}
    inside = {"parentRefs": [{"kind": "Service", "group": "", "name": "web"}], "rules": [backend]}
    away = {"parentRefs": [{"name": "gateway"}], "rules": [{"filters": [{"type": "RequestRedirect"}]}]}
    routes = [{"kind": "HTTPRoute", "metadata": {"namespace": "shop", "name": "web"}, "spec": spec} for spec in (at_gateway, inside, away)]
    names.add_routes(served, routes)
    to = {"destination": {"host": "web.other.svc.cluster.local"}}
    specs = [{"hosts": ["b.example.com"], "gateways": ["edge/istio"], "http": [{"route": [to]}]}, {"hosts": ["web"], "http": []}]
    names.add_virtual_services(served, [{"metadata": {"namespace": "shop", "name": "web"}, "spec": spec} for spec in specs])
    assert served == {"a.example.com": ["shop/web"], "b.example.com": ["other/web"]}
