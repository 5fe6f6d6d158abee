"""Edits of a stack's settings, one after the other as a team makes them. Pure: a random number generator and plain settings go in.

Each function edits the settings in place and says what it did, or returns None where there is nothing to edit. It need not care whether the
result is right: the walk asks the library's own checks, and draws again where they say no.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Topics = dict[str, Any]
"""What stands under quayside: in a stack's file."""

NAMES = ("shop", "api", "web", "mail", "admin")
IMAGES = ("acme/shop:1.4.2", "acme/shop:1.4.3", "ghcr.io/acme/web:7", "nginxinc/nginx-unprivileged:1.29-alpine")
SIZES = ("s-2vcpu-4gb", "s-4vcpu-8gb")
SECRETS = ("not-a-real-secret", "dop_v1_" + "5a" * 32)
"""Values that may stand in plain text: the placeholders of the settings' schema."""

SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}}
"""What the services of a walk ask for, so that several fit on the small start's node."""


def add_service(random: Random, topics: Topics) -> str | None:
    free = [name for name in NAMES if name not in topics["services"]]
    if not free:
        return None
    name = random.choice(free)
    topics["services"][name] = {"image": random.choice(IMAGES), "port": random.choice((3000, 8080)), "resources": SMALL}
    if random.random() < 0.5:
        topics["services"][name]["hosts"] = {name: {}}
    return f"service {name} comes"


def remove_service(random: Random, topics: Topics) -> str | None:
    name = _service(random, topics)
    if name is None:
        return None
    del topics["services"][name]
    return f"service {name} goes"


def rename_service(random: Random, topics: Topics) -> str | None:
    """Without hosts: with them it takes two runs, as the README says. So does handing a host over, which is no edit of a walk's either."""
    name = _service(random, topics)
    free = [each for each in NAMES if each not in topics["services"]]
    if name is None or not free or topics["services"][name].get("hosts"):
        return None
    topics["services"][free[0]] = topics["services"].pop(name)
    return f"service {name} becomes {free[0]}"


def change_service(random: Random, topics: Topics) -> str | None:
    """One key of a service."""
    name = _service(random, topics)
    if name is None:
        return None
    key, value = random.choice(
        (
            ("image", random.choice(IMAGES)),
            ("port", random.choice((3000, 8080, 9090))),
            ("replicas", random.randint(0, 3)),
            ("namespace", random.choice(("apps", name, *NAMES, None))),
            ("access", random.choice(("cluster", "namespace"))),
            ("headless", random.choice((True, False))),
            ("config", random.choice(({"MOOD": "calm"}, {"MOOD": "bright", "DEPTH": 3}, None))),
            ("env", random.choice(({"PLACE": "sea"}, {"PLACE": "shore"}, None))),
            ("secrets", random.choice(({"SMTP_PASSWORD": "smtpPassword"}, None))),
            ("labels", random.choice(({"team": "payments"}, {"team": "front", "example.com/tier": "1"}, None))),
            ("grace", random.choice(("10s", "1m"))),
            ("timeout", random.choice(("4m", "6m"))),
            ("args", random.choice((["--verbose"], None))),
            ("probes", random.choice(({"readiness": {"path": "/healthz"}}, {"liveness": {"period": "30s"}}, None))),
            ("resources", random.choice((SMALL, {"requests": {"cpu": "100m", "memory": "96Mi"}}))),
            ("patches", random.choice(({"Deployment": {"spec": {"revisionHistoryLimit": 3}}}, None))),
        )
    )
    return _put(topics["services"][name], key, value, f"services.{name}")


def change_versions(random: Random, topics: Topics) -> str | None:
    """A canary, its end, the other half of blue/green, a variant, or one version again."""
    name = _service(random, topics)
    if name is None:
        return None
    image = random.choice(IMAGES)
    key, value = random.choice(
        (
            ("canary", {"image": image, "weight": random.choice((10, 50))}),
            ("canary", {"image": image, "match": {"headers": {"x-group": "beta"}}}),
            ("canary", {"image": image, "verdict": random.choice(("promote", "abort"))}),
            ("blueGreen", {"image": image, "live": random.choice(("blue", "green"))}),
            ("variants", {"b": {"image": image, "weight": 20, "sticky": True}}),
            ("canary", None),
        )
    )
    for other in ("canary", "blueGreen", "variants"):
        topics["services"][name].pop(other, None)
    return _put(topics["services"][name], key, value, f"versions of {name}")


def change_traffic(random: Random, topics: Topics) -> str | None:
    """Policies, of which some go together."""
    name = _service(random, topics)
    if name is None:
        return None
    policies = (
        {"profile": random.choice(("base", "business"))},
        {"timeout": {"request": "30s", "paths": {"/upload": "90s"}}},
        {"retries": {"attempts": 2}, "timeout": {"request": "10s"}},
        {"rateLimit": {"requests": 20}},
        {"headers": {"response": {"set": {"X-Frame-Options": "DENY"}}}},
        None,
    )
    return _put(topics["services"][name], "traffic", random.choice(policies), f"traffic of {name}")


def scale_service(random: Random, topics: Topics) -> str | None:
    """A range for the autoscaler, another one, or back to a fixed number."""
    name = _service(random, topics)
    if name is None:
        return None
    least = random.randint(1, 2)
    topics["services"][name].pop("replicas", None)
    return _put(topics["services"][name], "scale", random.choice(({"min": least, "max": least + 1}, None)), f"services.{name}")


def add_host(random: Random, topics: Topics) -> str | None:
    name = _service(random, topics)
    if name is None:
        return None
    host = random.choice((name, f"{name}-beta", "@", f"v2.{name}.{topics['domain']}"))
    hosts = topics["services"][name].setdefault("hosts", {})
    hosts[host] = random.choice(({}, {"paths": {"/": {}}}, {"paths": {"/api": {"type": "Exact"}, "/static": {}}}))
    return f"services.{name}.hosts has {host} with {hosts[host]}"


def remove_host(random: Random, topics: Topics) -> str | None:
    name = _service(random, topics, "hosts")
    if name is None:
        return None
    hosts = topics["services"][name]["hosts"]
    host = random.choice(sorted(hosts))
    del hosts[host]
    return f"services.{name}.hosts loses {host}"


def change_pool(random: Random, topics: Topics) -> str | None:
    """A pool comes, goes or is another."""
    pools = topics["cluster"].setdefault("pools", {})
    name = random.choice(("main", "batch"))
    if name in pools and random.random() < 0.3:
        del pools[name]
        return f"cluster.pools.{name} goes"
    pool: Topics = {"size": random.choice(SIZES)}
    pool |= random.choice(({"count": random.randint(1, 2)}, {"min": 1, "max": random.randint(2, 3)}))
    pool |= random.choice(({}, {"labels": {"example.com/disk": "fast"}}, {"taints": {"batch": {"effect": "PreferNoSchedule"}}}))
    pools[name] = pool
    return f"cluster.pools.{name} is {pool}"


def change_cluster(random: Random, topics: Topics) -> str | None:
    key, value = random.choice(
        (
            ("tags", random.choice(({"team": "platform"}, {"cost": "r-and-d", "team": "platform"}, None))),
            ("maintenance", random.choice(({"day": "monday", "start": "02:00"}, {"day": "any"}))),
            ("autoUpgrade", random.choice((True, False))),
        )
    )
    return _put(topics["cluster"], key, value, "cluster")


def change_certificates(random: Random, topics: Topics) -> str | None:
    """One for each host, or one wildcard; who signs; how names are proved."""
    certificates = topics["certificates"]
    certificates |= random.choice(
        (
            {"wildcard": False},
            {"wildcard": True, "challenge": "dns-01", "enabled": True},
            {"wildcard": False, "challenge": "http-01"},
            {"issuer": "self-signed"},
            {"issuer": "letsencrypt-staging"},
            {"issuer": "letsencrypt-prod"},
            {"enabled": not certificates.get("enabled", True), "wildcard": False},
        )
    )
    return f"certificates is {certificates}"


def change_names(random: Random, topics: Topics) -> str | None:
    names = topics["names"]
    if random.random() < 0.3:
        names["dns"] = "none" if names.get("dns", "cloudflare") == "cloudflare" else "cloudflare"
        if names["dns"] == "none":
            topics["certificates"] |= {"challenge": "http-01", "wildcard": False}
            names.pop("proxied", None)
        return f"names.dns is {names['dns']}"
    if random.random() < 0.3:
        names["proxied"], names["edgeCertificates"] = not names.get("proxied", False), "advanced"
        if names["proxied"]:
            topics["certificates"]["challenge"] = "dns-01"
        return f"names.proxied is {names['proxied']}"
    key, value = random.choice(
        (
            ("wildcard", random.choice((True, False))),
            ("ttl", random.choice(("2m", "1h"))),
            ("apex", random.choice(({"to": "entry"}, {"to": "vercel"}, {"to": "none"}))),
            ("www", random.choice(({"to": "entry"}, {"to": "pages", "target": "acme.pages.dev"}, {"to": "none"}))),
            ("records", random.choice(({"docs": {"content": "acme.readthedocs.io"}}, _MAIL, None))),
        )
    )
    return _put(names, key, value, "names")


_MAIL = {
    "spf": {"name": "@", "type": "TXT", "content": "v=spf1 -all"},
    "mx": {"name": "@", "type": "MX", "content": "mx.acme.com", "priority": 5},
}


def change_entry(random: Random, topics: Topics) -> str | None:
    entry = topics.setdefault("entry", {})
    if random.random() < 0.15:
        entry["kind"] = "none" if entry.get("kind") != "none" else random.choice(("gateway-api", "ingress-nginx"))
        if entry["kind"] == "none":
            topics["certificates"]["wildcard"] = False
            for each in topics["services"].values():
                each.pop("hosts", None)
        return f"entry.kind is {entry['kind']}"
    key, value = random.choice(
        (
            ("replicas", random.randint(1, 2)),
            ("maxBody", random.choice(("8Mi", "50Mi"))),
            ("loadBalancer", random.choice(({"sizeUnit": 2}, {"sizeUnit": 1}, {"proxyProtocol": False}, {}))),
        )
    )
    return _put(entry, key, value, "entry")


def change_secrets(random: Random, topics: Topics) -> str | None:
    """The value of the secret that services name; a password for a registry."""
    if random.random() < 0.5:
        topics["secrets"]["smtpPassword"] = random.choice([each for each in SECRETS if each != topics["secrets"]["smtpPassword"]])
        return "secrets.smtpPassword is another"
    registries = random.choice(({"ghcr": {"kind": "ghcr", "username": "acme", "password": "smtpPassword"}}, None))
    return _put(topics, "registries", registries, "stack")


def move_namespaces(random: Random, topics: Topics) -> str | None:
    return _put(topics, "namespaceSuffix", random.choice(("blue", "green", None)), "stack")


EDITS: tuple[Callable[[Random, Topics], str | None], ...] = (
    add_service,
    add_service,
    remove_service,
    rename_service,
    change_service,
    change_service,
    change_service,
    scale_service,
    add_host,
    add_host,
    add_host,
    remove_host,
    change_pool,
    change_cluster,
    change_certificates,
    change_names,
    change_names,
    change_entry,
    change_secrets,
    move_namespaces,
    change_versions,
    change_versions,
    change_traffic,
)
"""What may happen; some more often than others."""


def _service(random: Random, topics: Topics, having: str | None = None) -> str | None:
    """One of the services, or None where there is none."""
    names = [name for name, each in sorted(topics["services"].items()) if having is None or each.get(having)]
    return random.choice(names) if names else None


def _put(node: Topics, key: str, value: Any, where: str) -> str:
    """Sets a key, or takes it away where the value is None."""
    if value is None:
        node.pop(key, None)
    else:
        node[key] = value
    return f"{where}: {key} is {'gone' if value is None else value}"
