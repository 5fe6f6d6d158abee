"""The nodes are ready, and each pool has as many as the settings say."""

from collections.abc import Iterator

from quayside.checks.contract import Finding, Outputs
from quayside.checks.held import Held, condition, labels, place, spec, why
from quayside.settings.rules import POOL_LABEL

PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")


def check(held: Held, outputs: Outputs) -> Iterator[Finding]:
    """See the module."""
    nodes = held.of("Node")
    for node in nodes:
        look = f"kubectl describe {place(node).lower()}"
        ready = condition(node, "Ready")
        if ready.get("status") != "True":
            yield Finding(place(node), f"is not ready{why(ready)}", f"{look}; the cloud replaces a node that stays so")
        elif spec(node).get("unschedulable"):
            yield Finding(
                place(node), "takes no more pods: it was cordoned", f"kubectl uncordon {place(node).split()[1]}, or wait for its end"
            )
        for kind in PRESSURES:
            if condition(node, kind).get("status") == "True":
                yield Finding(place(node), f"has {kind}{why(condition(node, kind))}", look)
    for name, pool in (outputs.get("nodePools") or {}).items():
        count = sum(labels(node).get(POOL_LABEL) == name for node in nodes)
        least, most = pool.get("min", pool.get("count")), pool.get("max", pool.get("count"))
        if least is not None and most is not None and not least <= count <= most:
            said = str(least) if least == most else f"{least} to {most}"
            yield Finding(
                f"pool {name}", f"has {count} nodes, and the settings say {said}", "wait for the cloud, or look at the pool there"
            )
