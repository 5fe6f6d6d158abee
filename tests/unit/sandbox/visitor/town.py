"""A cluster in memory behind a load balancer, and a zone whose names lead to it."""

from __future__ import annotations

from typing import Any, cast

from controlplane.fake_cluster import CLUSTER, FakeCluster, running, service

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.kube import Api
from quayside_sandbox.visitor import Answer, View, ask

ADDRESS = "203.0.113.1"
HOST = "shop.example.com"
NGINX = {"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}
KONG = {"app.kubernetes.io/name": "kong", "app.kubernetes.io/component": "app"}
GATEWAY = {"gateway.networking.k8s.io/gateway-name": "gateway"}
ISTIO = {"istio": "ingress"}


class Town:
    """Its host leads to the address, and behind that is what `entry` has put there; the service `web` has a pod."""

    def __init__(self, store: Store) -> None:
        self.store, self.cluster = store, FakeCluster(store)
        self.zone = store.create("cloudflare", "zones", {"name": "example.com", "status": "active"})["id"]
        self.record(HOST, ADDRESS)
        self.web("web")

    def record(self, name: str, content: str) -> None:
        self.store.create("cloudflare", "dnsRecords", {"zoneId": self.zone, "name": name, "type": "A", "content": content})

    def web(self, name: str, namespace: str = "shop") -> None:
        """A service with a pod that answers."""
        labels = {"app": name}
        self.cluster.put(**service(name, namespace, labels, p80=8080))
        self.cluster.put(**running(name, namespace, labels))

    def entry(self, labels: dict[str, str], address: str = ADDRESS, name: str = "entry", **container: Any) -> None:
        """A load balancer that leads to a pod with these labels."""
        self.cluster.put(**service(name, "edge", labels, p80=80, p443=443))
        self.cluster.put(**running(name, "edge", labels, **container))
        record = {"name": name, "ip": address, "_clusterId": CLUSTER, "_service": f"edge/{name}"}
        self.store.create("digitalocean", "loadBalancers", record)

    def asks(self, target: str = "/", host: str = HOST, scheme: str = "https", **headers: str) -> list[Answer]:
        view = View.read(self.store, "digitalocean", CLUSTER, cast(Api, self.cluster))
        return ask(view, host, target, scheme=scheme, headers=headers)

    def answer(self, target: str = "/", host: str = HOST, scheme: str = "https", **headers: str) -> Answer:
        """Of its only address."""
        [found] = self.asks(target, host, scheme, **headers)
        return found
