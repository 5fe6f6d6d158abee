"""Whatever settings validate, their registration succeeds, and shows no secret."""

import base64
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quayside.platform import Platform
from quayside.settings.hosts import whole
from quayside.settings.stack import Settings
from unit.examples import CLOUDFLARE_TOKEN, TOKEN
from unit.recorder import record

SECRET = "Tr0ub4dor-and-three"

names = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
values = st.one_of(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), st.integers(0, 99))
variables = st.from_regex(r"[A-Z_][A-Z0-9_]{0,6}", fullmatch=True)
sizes = st.sampled_from(["s-4vcpu-8gb", "s-8vcpu-16gb"])
taints = st.fixed_dictionaries({}, optional={"value": st.just("x"), "effect": st.sampled_from(["NoSchedule", "NoExecute"])})
pools = st.one_of(
    st.fixed_dictionaries({"size": sizes, "count": st.integers(1, 9)}, optional={"taints": st.dictionaries(names, taints, max_size=2)}),
    st.fixed_dictionaries({"size": sizes, "min": st.integers(1, 3), "max": st.integers(3, 9)}),
)
clusters = st.fixed_dictionaries(
    {"region": st.sampled_from(["sgp1", "fra1"]), "version": st.just("1.36"), "systemPool": st.fixed_dictionaries({"size": sizes})},
    optional={
        "ha": st.booleans(),
        "autoUpgrade": st.booleans(),
        "network": st.just("10.20.0.0/20"),
        "credentials": st.sampled_from(["token", "doctl"]),
        "pools": st.dictionaries(names, pools, max_size=3),
    },
)
hosts = st.dictionaries(
    st.one_of(names, st.sampled_from(["@", "api.shop.example.com"])),
    st.fixed_dictionaries({}, optional={"paths": st.just({"/": {}, "/api": {"type": "Exact"}}), "proxied": st.booleans()}),
    max_size=3,
)
probes = st.fixed_dictionaries({}, optional={"readiness": st.just({"path": "/healthz"}), "liveness": st.just({"period": "30s"})})
services = st.fixed_dictionaries(
    {"image": st.sampled_from(["acme/shop:1", "ghcr.io/acme/web@sha256:" + "a" * 64])},
    optional={
        "port": st.integers(1, 65535),
        "replicas": st.integers(0, 4),
        "scale": st.just({"min": 1, "max": 4, "memory": 80}),
        "hosts": hosts,
        "headless": st.booleans(),
        "access": st.sampled_from(["cluster", "namespace"]),
        "probes": probes,
        "patches": st.just({"Container": {"readinessProbe": None}, "Deployment": {"spec": {"revisionHistoryLimit": 3}}}),
        "namespace": st.sampled_from(["apps", "more"]),
        "resources": st.just({"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}}),
        "config": st.dictionaries(variables, values, max_size=3),
        "secrets": st.dictionaries(variables.map(lambda name: f"S{name}"), st.just("password"), max_size=2),
        "timeout": st.sampled_from(["90s", "10m"]),
    },
)
sites = st.sampled_from([{"to": "entry"}, {"to": "vercel"}, {"to": "pages", "target": "acme.pages.dev"}])
zones = st.fixed_dictionaries(
    {"zone": st.just("example.com")},
    optional={
        "dns": st.sampled_from(["cloudflare", "none"]),
        "proxied": st.booleans(),
        "wildcard": st.booleans(),
        "apex": sites,
        "www": sites,
        "records": st.just({"docs": {"content": "acme.readthedocs.io"}, "spf": {"name": "@", "type": "TXT", "content": "v=spf1 -all"}}),
        "zoneSettings": st.just({"tls": "strict", "http3": True}),
    },
)
certificates = st.fixed_dictionaries(
    {"email": st.just("ops@example.com")},
    optional={
        "enabled": st.booleans(),
        "keepCrds": st.booleans(),
        "issuer": st.sampled_from(["letsencrypt-prod", "self-signed"]),
        "challenge": st.sampled_from(["http-01", "dns-01"]),
        "wildcard": st.booleans(),
    },
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["gateway-api", "ingress-nginx", "none"]),
        "replicas": st.integers(1, 3),
        "maxBody": st.sampled_from(["1Mi", "1500k"]),
        "loadBalancer": st.fixed_dictionaries({}, optional={"sizeUnit": st.integers(1, 3), "proxyProtocol": st.booleans()}),
    },
)
registries = st.fixed_dictionaries({"ghcr": st.just({"kind": "ghcr", "username": "acme", "password": "password"})})
stacks = st.fixed_dictionaries(
    {"cluster": clusters, "domain": st.sampled_from(["example.com", "dev.example.com"]), "names": zones, "certificates": certificates},
    optional={
        "disposable": st.booleans(),
        "services": st.dictionaries(names, services, max_size=3),
        "entry": entries,
        "registries": registries,
        "namespaceSuffix": st.just("x"),
        "charts": st.fixed_dictionaries({"mirror": st.sampled_from(["./charts", "oci://r.example.com/c"])}),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(stack=stacks)
def test_valid_settings_register(stack: dict[str, Any]) -> None:
    spec, problems = Settings.check(
        {**stack, "secrets": {"digitaloceanToken": TOKEN, "cloudflareToken": CLOUDFLARE_TOKEN, "password": SECRET}}
    )
    assume(spec is not None and not problems)  # a few are refused, such as a service named like a namespace that others share
    assert spec is not None
    recorded = record(lambda: Platform(spec).export())
    assert len(recorded.of("Deployment")) == len(spec.services)
    assert spec.domain is not None
    hosts = {whole(host, spec.domain) for service in spec.services.values() for host in service.hosts}
    ingresses = {rule["host"] for each in recorded.of("Ingress") for rule in each.inputs["spec"]["rules"]}
    routes = {host for each in recorded.of("HTTPRoute") for host in each.inputs["spec"].get("hostnames", ())}
    assert hosts == ingresses | routes
    for each in recorded:
        for secret in (TOKEN, CLOUDFLARE_TOKEN, SECRET, base64.b64encode(SECRET.encode()).decode()):
            assert secret not in each.plain
