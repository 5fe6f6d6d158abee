"""What ingress-nginx and Kong answer."""

from __future__ import annotations

from typing import Any

import pytest
from controlplane.fake_cluster import ingress
from controlplane.gateway_objects import secret

from .town import HOST, KONG, NGINX, Town

CLASSES = {"nginx": "k8s.io/ingress-nginx", "kong": "ingress-controllers.konghq.com/kong"}


@pytest.fixture
def nginx(town: Town) -> Town:
    classes(town)
    town.entry(NGINX)
    return town


def classes(town: Town) -> None:
    for name, controller in CLASSES.items():
        town.cluster.put("IngressClass", name, api_version="networking.k8s.io/v1", spec={"controller": controller})


def put(town: Town, name: str = "web", host: str = HOST, to: str = "web", tls: str = "", **more: Any) -> None:
    given = ingress(name, host, **more)
    given["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] = to
    if tls:
        given["spec"]["tls"] = [{"hosts": [host], "secretName": tls}]
    town.cluster.put(**given)


def test_an_ingress_with_its_certificate(nginx: Town) -> None:
    put(nginx, tls="web-tls")
    assert nginx.answer().problem == "Secret shop/web-tls is not there"
    nginx.cluster.put(**secret("web-tls", HOST))
    answer = nginx.answer("/cart?x=1")
    assert (answer.entry, answer.route, answer.services, answer.problem) == ("ingress-nginx", "Ingress shop/web", {"shop/web": 100.0}, "")
    assert nginx.answer(scheme="http").redirect == f"https://{HOST}/"


def test_a_certificate_for_another_host(nginx: Town) -> None:
    put(nginx, tls="web-tls")
    nginx.cluster.put(**secret("web-tls", "other.example.com"))
    assert nginx.answer().problem == f"the certificate in shop/web-tls is for other.example.com, not for {HOST}"


def test_the_certificate_for_everybody(town: Town) -> None:
    classes(town)
    town.entry(NGINX, args=["--default-ssl-certificate=$(POD_NAMESPACE)/wildcard-tls"])
    put(town)
    town.cluster.put(**secret("wildcard-tls", "*.example.com", namespace="edge"))
    answer = town.answer()
    assert answer.certificate is not None
    assert (answer.certificate.secret, answer.problem) == ("edge/wildcard-tls", "")


def test_without_any_certificate_the_entry_shows_its_own(nginx: Town) -> None:
    put(nginx)
    assert nginx.answer().problem == f"no certificate is kept for {HOST}: ingress-nginx shows its own"


def test_the_closest_path_wins(nginx: Town) -> None:
    put(nginx)
    put(nginx, "api", path="/api", to="api")
    for path, service in (("/api", "api"), ("/api/v1", "api"), ("/apis", "web"), ("/", "web")):
        assert set(nginx.answer(path).services) == {f"shop/{service}"}


def test_nobody_behind(nginx: Town) -> None:
    put(nginx, to="gone", tls="web-tls")
    nginx.cluster.put(**secret("web-tls", HOST))
    assert nginx.answer().problem == "no pod answers behind shop/gone"


def test_a_host_that_nobody_has(nginx: Town) -> None:
    put(nginx, host="other.example.com")
    assert nginx.answer(scheme="http").problem == f"404: no Ingress of ingress-nginx has {HOST}/"


def test_a_canary_takes_its_share(nginx: Town) -> None:
    nginx.web("canary")
    put(nginx)
    canary = {f"nginx.ingress.kubernetes.io/canary{key}": value for key, value in (("", "true"), ("-weight", "10"))}
    put(nginx, "canary", to="canary", annotations={**canary, "nginx.ingress.kubernetes.io/canary-by-header": "x-canary"})
    assert nginx.answer().services == {"shop/web": 90.0, "shop/canary": 10.0}
    assert nginx.answer(**{"X-Canary": "always"}).services == {"shop/canary": 100.0}
    assert nginx.answer(**{"X-Canary": "never"}).services == {"shop/web": 100.0}


def test_kong_serves_its_own_class(town: Town) -> None:
    classes(town)
    town.entry(KONG, name="kong")
    town.cluster.get("v1", "Pod", "kong", "edge")["spec"]["containers"][0]["name"] = "proxy"
    put(town)
    assert town.answer(scheme="http").problem == f"404: no Ingress of kong has {HOST}/"
    put(town, "kong", class_name="kong", tls="web-tls", annotations={"konghq.com/protocols": "https"})
    town.cluster.put(**secret("web-tls", HOST))
    answer = town.answer()
    assert (answer.entry, answer.route, answer.problem) == ("kong", "Ingress shop/kong", "")
    assert town.answer(scheme="http").redirect == f"https://{HOST}/"
