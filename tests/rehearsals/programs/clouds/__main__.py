"""A network, a cluster with a further pool and what stands around them; a zone with its records. Each part only where it is asked for."""

import pulumi
from pulumi import CustomTimeouts, InvokeOutputOptions, ResourceOptions

config = pulumi.Config()
parts = set(config.require_object("parts"))

# Each SDK takes a second or more to import: only those that are needed.
if parts != {"names"}:
    import pulumi_digitalocean as do
if "names" in parts:
    import pulumi_cloudflare as cloudflare

if "network" in parts:
    quick = ResourceOptions(custom_timeouts=CustomTimeouts(delete="2s"))
    vpc = do.Vpc("net", region="sgp1", description=config.get("description"), opts=quick)
    balancer = do.LoadBalancer(
        "edge",
        name="edge",
        region="sgp1",
        vpc_uuid=vpc.id,
        forwarding_rules=[{"entry_protocol": "tcp", "entry_port": 443, "target_protocol": "tcp", "target_port": 8443}],
    )
    project = do.Project("shop", name="shop", environment="Staging")
    do.ProjectResources("in-shop", project=project.id, resources=[balancer.load_balancer_urn])
    registry = do.ContainerRegistry("images", name="clouds-images", subscription_tier_slug="basic")
    credentials = do.ContainerRegistryDockerCredentials("pull", registry_name=registry.name)
    found = do.get_load_balancer_output(name="edge", opts=InvokeOutputOptions(depends_on=[balancer]))
    pulumi.export("address", found.ip)
    pulumi.export("docker", credentials.docker_credentials)

if "cluster" in parts:
    version = do.get_kubernetes_versions_output(version_prefix="1.36.").latest_version
    cluster = do.KubernetesCluster(
        "main",
        region="sgp1",
        version=config.get("version") or version,
        vpc_uuid=vpc.id,
        node_pool={"name": "base", "size": config.get("size") or "s-2vcpu-4gb", "node_count": config.get_int("count") or 1},
    )
    do.KubernetesNodePool("web", cluster_id=cluster.id, name="web", size="s-2vcpu-4gb", auto_scale=True, min_nodes=1, max_nodes=2)
    pulumi.export("cluster", cluster.id)
    pulumi.export("kubeconfig", cluster.kube_configs[0].raw_config)

if "names" in parts:
    zone = cloudflare.get_zone_output(filter={"name": "example.com", "match": "all"})
    kind = config.get("type") or "A"
    cloudflare.DnsRecord("www", zone_id=zone.zone_id, name="www", type=kind, content=config.get("content") or "203.0.113.1", ttl=1)
    cloudflare.ZoneSetting("ssl", zone_id=zone.zone_id, setting_id="ssl", value="strict")
    waf = cloudflare.Ruleset(
        "waf",
        zone_id=zone.zone_id,
        kind="zone",
        name="waf",
        phase="http_request_firewall_custom",
        rules=[{"ref": "scanners", "action": config.get("action") or "block", "expression": '(http.request.uri.path contains "wp-admin")'}],
    )
    pulumi.export("rule", waf.rules[0].id)

if "droplet" in parts:
    do.Droplet("machine", image="debian-13-x64", region="sgp1", size="s-1vcpu-1gb")
