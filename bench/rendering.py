"""What is done with services' traffic policies before anything is registered: checked, and said to each data plane.

`python -m bench.rendering FILE` does it once for the services of a services.json (objects.py) and tells what it took. No engine, no plugin, no
resource: CPU time alone, so it can be measured beside other work.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from quayside.arguments import checked
from quayside.edge.index import routes
from quayside.traffic.envoy_filters import patched
from quayside.workloads.metadata import selector
from quayside.workloads.network import exposure
from quayside.workloads.placement import PlacedService
from quayside.workloads.traffic import waypoint_objects, ways, whole
from quayside.workloads.version_specs import shares


def rendered(name: str, args: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects of a service's routes and policies, as Service has them made."""
    spec = checked(PlacedService, {**args, "secrets": dict.fromkeys(args.get("secrets") or {}, "given")}, f"service {name}")
    labels = {**spec.labels, **selector(name)}
    entries = ways(name, name, labels, spec)
    shaped = whole([way.shaped for way in entries])
    made = [*shaped.objects, *waypoint_objects(name, name, labels, spec, shaped)]
    for way in entries:
        exposed = exposure(name, name, labels, spec, shares(name, spec), None)
        made += patched(routes(way.route, replace(exposed, parts=way.shaped.entry)), way.shaped.entry, way.subject)
    return made


def measure(services: dict[str, dict[str, Any]]) -> dict[str, float]:
    """CPU seconds for all of them, and how many objects came of it. What the first one alone would pay for (imports) is paid before."""
    rendered(*next(iter(services.items())))
    began = time.process_time()
    objects = sum(len(rendered(name, args)) for name, args in services.items())
    return {"cpu": time.process_time() - began, "objects": objects}


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(Path(sys.argv[1]).read_text())["services"])))  # noqa: T201
