"""The entry has the address that the stack tells."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, home, place, spec, status, title


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. A load balancer with a host name hides its address, which then nobody in the cluster knows."""
    known: set[str | None] = set()
    for service in held.of("Service"):
        if spec(service).get("type") == "LoadBalancer":
            found = (status(service).get("loadBalancer") or {}).get("ingress") or []
            known |= {each.get("ip") for each in found}
            if not found:
                look = f"kubectl describe service {title(service)} -n {home(service)}"
                yield Finding(place(service), "has no load balancer", f"{look}; the cloud's quota may be used up")
    for key, what in (("entryAddress", "the entry"), ("entryMigratingFromAddress", "the entry that is being left")):
        told = outputs.get(key)
        if told is None or told in known or None in known:
            continue
        has = ", ".join(sorted(filter(None, known))) or "none"
        yield Finding(what, f"is told to be at {told}, and load balancers have {has}", "pulumi up --refresh tells records and outputs anew")
