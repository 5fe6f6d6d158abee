"""Whatever an entry, a mesh, services, their policies and versions come to: it is refused with a remedy, or it is what a cluster takes."""

import re
from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from quayside.edge.methods import replaces_prefix
from quayside.platform import Platform
from quayside.settings.problems import Problem
from quayside.settings.stack import Settings
from quayside.settings.traffic.rules import KEYS
from quayside.traffic.index import POLICIES
from quayside.traffic.table import examples
from unit.crd_schemas import problems
from unit.examples import CLOUDFLARE_TOKEN, TOKEN
from unit.recorder import record

REMEDY = re.compile(r"\b(write|remove|keep|set|move|did you mean|let|shorten)\b")
NAMES = ("shop", "web", "auth")
ROUNDS = 12
"""How often what is refused is taken out; the rest is built."""

policies = {
    KEYS[policy]: st.sampled_from([each.model_dump(by_alias=True, exclude_none=True) for each in examples(policy).values()])
    for policy in POLICIES
}
one_policy = st.sampled_from(sorted(policies)).flatmap(lambda key: policies[key].map(lambda said: {key: said}))
traffic = st.lists(one_policy, max_size=4).map(lambda several: {key: said for each in several for key, said in each.items()})
matches = st.sampled_from(
    [
        {"headers": {"x-group": "beta"}},
        {"cookies": {"canary": "always"}},
        {"query": {"group": "beta"}},
        {"users": ["ada", "grace"], "userHeader": "x-user"},
    ]
)
share = {"weight": st.sampled_from([0, 10, 50]), "match": matches, "sticky": st.booleans(), "config": st.just({"A": "2"})}
canary = st.fixed_dictionaries({"image": st.just("acme/shop:2")}, optional={**share, "verdict": st.sampled_from(["promote", "abort"])})
green = st.fixed_dictionaries({"image": st.just("acme/shop:2"), "live": st.sampled_from(["blue", "green"])})
variants = st.dictionaries(st.sampled_from(["b", "c"]), st.fixed_dictionaries({}, optional=share), min_size=1)
versions = st.one_of(
    st.just({}),
    canary.map(lambda each: {"canary": each}),
    green.map(lambda each: {"blueGreen": each}),
    variants.map(lambda each: {"variants": each}),
)
host = st.sampled_from([{}, {}, {"paths": {"/": {}, "/api": {"type": "Exact"}}}, {"proxied": True}, {"tls": "passthrough"}])
small = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}}


def service(number: int) -> st.SearchStrategy[dict[str, Any]]:
    hosts = st.dictionaries(
        st.sampled_from([f"h{number}", f"deep{number}.x.dev.example.com", f"other{number}.example.com"]), host, max_size=2
    )
    optional = {
        "hosts": hosts,
        "protocol": st.sampled_from(["http", "http2", "grpc", "tcp"]),
        "tcp": st.just({"db": 9000 + number}),
        "headless": st.booleans(),
        "access": st.just("namespace"),
        "namespace": st.just("apps"),
        "config": st.just({"A": "1"}),
        "traffic": st.tuples(traffic, st.sampled_from([{}, {"profile": "base"}, {"profile": "business"}])).map(
            lambda both: {**both[0], **both[1]}
        ),
    }
    said = st.fixed_dictionaries({"image": st.just("acme/shop:1"), "resources": st.just(small)}, optional=optional)
    return st.tuples(said, versions).map(lambda both: {**both[0], **both[1]})


stacks = st.fixed_dictionaries(
    {
        "entry": st.fixed_dictionaries({"kind": st.sampled_from(["gateway-api", "istio", "ingress-nginx", "kong", "direct", "none"])}),
        "mesh": st.fixed_dictionaries(
            {"mode": st.sampled_from(["off", "sidecar", "ambient"])}, optional={"mtls": st.just("strict"), "revision": st.just("1-30")}
        ),
        "certificates": st.sampled_from(
            [
                {"email": "ops@acme.com"},
                {"email": "ops@acme.com", "challenge": "dns-01", "wildcard": True},
                {"email": "ops@acme.com", "challenge": "dns-01", "wildcard": True, "leavingWildcard": True},
                {"issuer": "self-signed"},
                {"enabled": False},
            ]
        ),
        "names": st.fixed_dictionaries({"zone": st.just("example.com")}, optional={"dns": st.just("none"), "proxied": st.just(True)}),
        "environment": st.sampled_from(["dev", "prod"]),
        "services": st.tuples(*map(service, range(len(NAMES)))).map(lambda found: dict(zip(NAMES, found, strict=True))),
    },
    optional={"namespaceSuffix": st.just("eu")},
).map(
    lambda stack: {
        **stack,
        **(
            {"entry": {"kind": "direct", "service": "shop"}, "certificates": {"enabled": False}}
            if stack["entry"]["kind"] == "direct"
            else {}
        ),
        "disposable": True,
        "domain": "dev.example.com",
        "cluster": {
            "region": "sgp1",
            "version": "1.36",
            "systemPool": {"size": "s-4vcpu-8gb"},
            "pools": {"main": {"size": "s-8vcpu-16gb"}},
        },
        "secrets": {"digitaloceanToken": TOKEN, "cloudflareToken": CLOUDFLARE_TOKEN},
    }
)


def without(stack: Any, refused: Iterable[Problem]) -> None:
    """Take out of a stack what is refused, or the nearest thing around it that is there."""
    for problem in refused:
        around: Any = None
        at, inside = None, stack
        for step in problem.path:
            if not isinstance(inside, dict) or step not in inside:
                break
            around, at, inside = inside, step, inside[step]
        assume(around is not None)  # something is missing
        del around[at]


@settings(
    phases=[Phase.generate],  # to make a failure small takes minutes
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(stack=stacks)
def test_what_is_not_refused_is_what_a_cluster_takes(stack: dict[str, Any]) -> None:
    for _ in range(ROUNDS):
        spec, refused = Settings.check(stack)
        if not refused:
            break
        for each in refused:
            assert REMEDY.search(each.message), each
        without(stack, refused)
    assume(spec is not None and not refused)
    assert spec is not None
    recorded = record(lambda: Platform(spec).export())
    seen = set()
    for each in recorded:
        about = each.inputs.get("metadata")
        if "kind" not in each.inputs or not isinstance(about, dict):
            continue
        kind, name = each.inputs["kind"], about["name"]
        found = (each.inputs["apiVersion"], kind, about.get("namespace"), name)
        assert found not in seen, f"made twice: {found}"
        seen.add(found)
        assert problems(each.inputs) == [], found
        for rule in each.inputs["spec"]["rules"] if kind == "HTTPRoute" else ():
            assert len(rule.get("matches", ())) <= 1 or not replaces_prefix(rule.get("filters", ())), found
        if kind in ("Deployment", "Gateway", "Namespace", "Service"):
            assert len(name) <= 63, found
