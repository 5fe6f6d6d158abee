"""What a killed run may leave behind, made as the library makes it. Each part only where the configuration asks for it."""

import os

import pulumi
import pulumi_kubernetes as kubernetes

from quayside.addons.metrics_server import MetricsServer
from quayside.labels import owner_labels, owner_tags
from quayside.namespaces import manifest
from quayside.objects import register

config = pulumi.Config()
parts = config.require_object("parts")

if "network" in parts:
    import pulumi_digitalocean as digitalocean

    cloud = digitalocean.Provider("cloud", token=pulumi.Output.secret(os.environ["DIGITALOCEAN_TOKEN"]))
    described = f"Made by quayside: {owner_tags()[-1]}"
    digitalocean.Vpc("net", name="killed", region="sgp1", description=described, opts=pulumi.ResourceOptions(provider=cloud))

if "names" in parts:
    from quayside import Zone

    record = {"name": "www", "type": "A", "content": "203.0.113.1"}
    Zone("names", {"zone": "example.com", "token": os.environ["CLOUDFLARE_API_TOKEN"], "records": {"www": record}})

if "objects" in parts or "release" in parts:
    provider = kubernetes.Provider(
        "cluster",
        kubeconfig=pulumi.Output.secret(os.environ["CLUSTER_KUBECONFIG"]),
        cluster_identifier="killed",
        upsert_existing_objects=True,
    )
    inside = pulumi.ResourceOptions(provider=provider)

if "objects" in parts:
    shop = register("shop", manifest("shop", owner_labels()), inside)
    port = config.get_int("port") or 80
    metadata = {
        "name": "web",
        "namespace": shop.metadata.name,
        "labels": owner_labels(),
        "annotations": {"pulumi.com/skipAwait": "true"},
    }
    service = {"metadata": metadata, "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": port}]}}
    register("web", {"apiVersion": "v1", "kind": "Service", **service}, inside)

if "release" in parts:
    values = {"podAnnotations": {"revision": config.get("revision") or "1"}}
    MetricsServer("metrics", {"values": values}, pulumi.ResourceOptions(providers=[provider]))
