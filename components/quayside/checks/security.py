"""The API server holds the pods of services to a security profile."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, labels, place

ENFORCE = "pod-security.kubernetes.io/enforce"


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. Whoever needs more than 'restricted' may have patched it to 'baseline': that is a profile too."""
    homes = {told.get("namespace") or name for name, told in (outputs.get("services") or {}).items()}
    for name in sorted(homes):
        namespace = held.get("Namespace", name)
        if namespace and labels(namespace).get(ENFORCE) not in ("restricted", "baseline"):
            said = labels(namespace).get(ENFORCE, "nothing")
            yield Finding(place(namespace), f"lets any pod in ({ENFORCE} says {said})", "pulumi up --refresh sets it to restricted")
