"""Every Rollout is taken up, has its pods, and neither took its new version back nor waits with it for somebody."""

from collections.abc import Iterator
from typing import Any

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, Object, condition, home, place, spec, status, title, wanted, why

UNANSWERED = "InconclusiveAnalysisRun"
"""Why a Rollout waits whose checks had no answer."""


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module. A new version that is taking over is well."""
    for each in held.of("Rollout"):
        name, invalid = f"{title(each)} -n {home(each)}", condition(each, "InvalidSpec")
        look = f"kubectl argo rollouts get rollout {name}"
        if invalid.get("status") == "True":
            yield Finding(place(each), f"is not taken up{why(invalid)}", f"pulumi up --refresh; {look}")
        elif _seen(each) < int(each["metadata"].get("generation") or 0):
            remedy = "look at the pods of argo-rollouts, its controller"
            yield Finding(place(each), "has a change that its controller has not seen", remedy)
        elif status(each).get("abort"):
            wrong = f"took its new version back, and the one before has all requests{_told(each)}"
            remedy = f"write an image, env or config that is mended; kubectl argo rollouts retry rollout {name} tries the same again"
            yield Finding(place(each), wrong, remedy)
        elif any(pause.get("reason") == UNANSWERED for pause in status(each).get("pauseConditions") or ()):
            wrong = f"waits with its new version: its checks had no answer{_told(each)}"
            remedy = f"see that it gets requests and that Prometheus runs; kubectl argo rollouts promote {name} goes on, abort goes back"
            yield Finding(place(each), wrong, remedy)
        elif spec(each).get("paused"):
            yield Finding(place(each), f"is held by hand{_told(each)}", f"kubectl argo rollouts promote {name} goes on; {look}")
        has, want = int(status(each).get("availableReplicas") or 0), wanted(each)
        if has < want:
            yield Finding(place(each), f"has {has} of {want} pods available", f"kubectl describe pods -n {home(each)}")


def _seen(each: Object) -> int:
    """The generation that the controller has looked at; it writes a text."""
    said: Any = status(each).get("observedGeneration")
    return int(said) if str(said).isdigit() else 0


def _told(each: Object) -> str:
    """What the controller says of it, as the end of a sentence."""
    said = str(status(each).get("message") or "").rstrip(".")
    return f" ({said})" if said else ""
