"""Whatever settings are valid: each host leads where it should, by the rules of DNS."""

from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from quayside.edge.records import load_balancer_name, plan
from quayside.settings.claims import claims
from quayside.settings.hosts import whole
from quayside.settings.merge import merge
from quayside.settings.stack import Settings
from unit.edge.stacks import CLOUDFLARE_TOKEN
from unit.edge.world import answers
from unit.examples import topics

labels = st.sampled_from(["a", "b", "entry", "www"])
deep = st.lists(labels, min_size=1, max_size=3).map(lambda parts: ".".join([*parts, "k.example.com"]))
keys = st.one_of(labels, deep, st.sampled_from(["@", "example.com", "a.example.com"]))
proxied = st.fixed_dictionaries({}, optional={"proxied": st.booleans()})
sites = st.fixed_dictionaries({"to": st.sampled_from(["entry", "vercel", "none"])}, optional={"proxied": st.booleans()})
texts = st.fixed_dictionaries(
    {"type": st.just("TXT"), "content": st.just("x"), "name": st.one_of(keys, deep.map(lambda name: f"_t.{name}"))}
)
stacks = st.fixed_dictionaries(
    {
        "domain": st.sampled_from(["k.example.com", "example.com"]),
        "names": st.fixed_dictionaries(
            {"zone": st.just("example.com"), "edgeCertificates": st.just("advanced")},
            optional={
                "proxied": st.booleans(),
                "wildcard": st.booleans(),
                "apex": sites,
                "www": sites,
                "records": st.dictionaries(st.sampled_from(["t1", "t2"]), texts, max_size=2),
                "dns": st.sampled_from(["cloudflare", "none"]),
            },
        ),
        "certificates": st.fixed_dictionaries(
            {"email": st.just("ops@acme.com"), "challenge": st.sampled_from(["dns-01", "http-01"])}, optional={"wildcard": st.booleans()}
        ),
        "services": st.fixed_dictionaries(
            {"hello": st.fixed_dictionaries({"hosts": st.dictionaries(keys, proxied, min_size=1, max_size=5)})}
        ),
    }
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(stack=stacks)
def test_each_host_leads_to_the_entry(stack: dict[str, Any]) -> None:
    spec, problems = Settings.check(merge(topics(), {**stack, "secrets": {"cloudflareToken": CLOUDFLARE_TOKEN}}))
    assume(spec is not None and not problems)  # some claim a name twice, or want what others exclude
    assert spec is not None and spec.domain is not None
    records = plan(spec)
    hosts = {whole(key, spec.domain): host.proxied for key, host in spec.services["hello"].hosts.items()}
    event(f"{len(records)} records for {len(hosts)} hosts")
    challenges = challenged(spec, set(hosts))
    for host, said in hosts.items():
        found = [each for each in answers(records, host, challenges) if each.type != "TXT"]
        assert [(each.type, each.content) for each in found] == [("A", None)], host
        wanted = {claim.proxied for claim in claims(spec.model_dump(by_alias=True)) if claim.host == host}
        assert found[0].proxied in ({said} if said is not None else wanted)
    name = load_balancer_name(spec)
    if name:
        found = [each for each in answers(records, name, challenges) if each.type != "TXT"]
        assert [(each.type, each.content, each.proxied) for each in found] == [("A", None, False)]
    assert len({each.key for each in records}) == len(records)
    addressed = [each.name for each in records if each.type != "TXT"]
    assert len(set(addressed)) == len(addressed)


def challenged(spec: Settings, hosts: set[str]) -> set[str]:
    """Names of the records by which cert-manager answers challenges, for a while."""
    if spec.certificates.challenge != "dns-01":
        return set()
    covered = {host for host in hosts if spec.certificates.wildcard and spec.domain in (host, host.partition(".")[2])}
    return {f"_acme-challenge.{host}" for host in hosts - covered} | ({f"_acme-challenge.{spec.domain}"} if covered else set())
