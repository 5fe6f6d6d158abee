"""Nothing hangs in its deletion."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, place, title, why

PATIENCE = timedelta(minutes=2)
"""How long after its hour an object may be there: endpoints and finalizers take seconds, a load balancer's a minute or two."""

_CONTENT = (
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionContentFailure",
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
)


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. A pod's hour is the end of its grace period."""
    for each in held.objects:
        since = each["metadata"].get("deletionTimestamp")
        if since and held.looked_at - datetime.fromisoformat(since.replace("Z", "+00:00")) > PATIENCE:
            finalizers = ", ".join(each["metadata"].get("finalizers") or ())
            by = f" for {finalizers}" if finalizers else ""
            look = f"kubectl describe {each['kind'].lower()} {title(each)}" + (f" -n {home(each)}" if home(each) else "")
            yield Finding(place(each), f"is being deleted since {since} and waits{by}{_reason(each)}", look)


def _reason(each: Object) -> str:
    found = [condition(each, kind) for kind in _CONTENT]
    return next((why(one) for one in found if one.get("status") == "True"), "")
