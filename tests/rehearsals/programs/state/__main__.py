"""A network and a cluster, objects in it, a name in a zone that is only looked up; a secret, a made-up name, a component, a protected one."""

import os

import pulumi
from pulumi import CustomResource, ProviderResource, ResourceOptions

config = pulumi.Config()
region = config.get("region") or "sgp1"
CLUSTER, POOL = "digitalocean:index/kubernetesCluster:KubernetesCluster", {"name": "base", "size": "s-2vcpu-4gb", "nodeCount": 1}

platform = pulumi.ComponentResource("state:index:Platform", "platform")
inside = ResourceOptions(parent=platform)
token = pulumi.Output.secret(os.environ["DIGITALOCEAN_TOKEN"])
ocean = ProviderResource("digitalocean", "ocean", {"token": token}, inside)
at_ocean = ResourceOptions(parent=platform, provider=ocean)

# No name: the plugin makes one up, which stays.
net = CustomResource(
    "digitalocean:index/vpc:Vpc", "net", {"region": region}, ResourceOptions(parent=platform, provider=ocean, protect=True)
)
wanted = {"name": "state", "region": "sgp1", "version": config.get("version") or "1.36.1-do.0", "nodePool": POOL}
cluster = CustomResource(CLUSTER, "cluster", {**wanted, "kubeConfigs": None}, at_ocean)
kubeconfig = cluster.kubeConfigs.apply(lambda found: found[0]["rawConfig"] if found else None)
settings = {"kubeconfig": pulumi.Output.secret(kubeconfig), "clusterIdentifier": cluster.id}
objects = ProviderResource("kubernetes", "objects", settings, inside)
in_cluster = ResourceOptions(parent=platform, provider=objects, deleted_with=cluster)


def kubernetes(kind: str, name: str, **fields: object) -> CustomResource:
    given = {"apiVersion": "v1", "kind": kind, "metadata": {"namespace": "default", "name": name}, **fields}
    return CustomResource(f"kubernetes:core/v1:{kind}", name, given, in_cluster)


kubernetes("ConfigMap", "facts", data={"network": pulumi.Output.concat("vpc ", net.id, " in ", region)})
kubernetes("Secret", "login", stringData={"password": pulumi.Output.secret(config.get("password") or "hidden-password")})

zone = pulumi.runtime.invoke("cloudflare:index/getZone:getZone", {"filter": {"name": "example.com", "match": "all"}}).value["id"]
CustomResource(
    "cloudflare:index/dnsRecord:DnsRecord",
    "www",
    {"zoneId": zone, "name": "www.example.com", "type": "A", "content": "203.0.113.9", "ttl": 1},
)
pulumi.Stash("said", input="once")
