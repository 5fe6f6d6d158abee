"""Whether a Prometheus answers at an address of the cluster, and with what: what `quayside-sandbox measured` says.

Facts: argo-rollouts v1.10.2 metricproviders/prometheus/prometheus.go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from ....kube.client import Object
from ... import measured
from ...doors import ready_pods
from ...rules_file import Rule
from ...watched import Watched

Ask = Callable[[Object], list[float]]
"""A metric, its arguments filled in, and the samples that come back."""


class NoAnswer(Exception):
    """Nobody can be asked; the message says why, as the program would."""


def ask(services: Watched, pods: Watched, rules: Sequence[Rule], metric: Object) -> list[float]:
    """The samples of a metric's query. Raises NoAnswer."""
    given = (metric.get("provider") or {}).get("prometheus")
    if given is None:
        raise NoAnswer("the sandbox's controller asks Prometheus alone: give the metric a provider.prometheus")
    place = urlsplit(str(given.get("address") or ""))
    if not place.scheme or not place.hostname:
        raise NoAnswer("prometheus address is not is url format" if given.get("address") else "prometheus address is not configured")
    url, port = f"{place.scheme}://{place.netloc}/api/v1/query", place.port or (443 if place.scheme == "https" else 80)
    name, _, rest = place.hostname.partition(".")
    namespace, _, domain = rest.partition(".")
    service = services.get(name, namespace) if domain in ("", "svc", "svc.cluster.local") else None
    if service is None:
        raise NoAnswer(f'Post "{url}": dial tcp: lookup {place.hostname}: no such host')
    if all(each["port"] != port for each in service["spec"].get("ports") or []):
        raise NoAnswer(f'Post "{url}": context deadline exceeded')
    if not ready_pods(service, pods.items()):
        raise NoAnswer(f'Post "{url}": dial tcp {service["spec"].get("clusterIP", "")}:{port}: connect: connection refused')
    return measured.of(rules, str(metric.get("name", "")), str(given.get("query", "")))
