"""The dashboard of a service. A pure function."""

import json

from quayside.workloads.measures import Watched, containers, memory, quantile, requests, share, throttled


def panels(service: Watched) -> str:
    """The dashboard, as Grafana has it."""
    chosen = containers(service)
    shown: list[tuple[str, str, str]] = []
    for counted in requests(service):
        shown += [
            ("Requests a second", "reqps", f"sum(rate({counted.all}[5m]))"),
            ("Errors", "percentunit", share(counted, "5m")),
            ("Time of 99 of 100 requests", "ms" if counted.factor > 1 else "s", quantile(counted, 0.99)),
        ]
    shown += [
        ("CPU", "short", f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{chosen}}}[5m]))"),
        ("CPU waited for", "percentunit", throttled(service)),
        ("Memory, of its limit", "percentunit", memory(service)),
    ]
    made = [
        {
            "id": number + 1,
            "type": "timeseries",
            "title": title,
            "datasource": {"type": "prometheus", "uid": "prometheus"},
            "gridPos": {"x": 8 * (number % 3), "y": 8 * (number // 3), "w": 8, "h": 8},
            "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
            "targets": [{"refId": "A", "expr": expression}],
        }
        for number, (title, unit, expression) in enumerate(shown)
    ]
    whole = {
        "uid": f"{service.namespace}-{service.name}"[:40],
        "title": service.name,
        "tags": ["quayside"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "panels": made,
    }
    return json.dumps(whole, sort_keys=True)
