"""How a new version is checked while it takes over: an AnalysisTemplate of Argo Rollouts, which asks Prometheus. Pure functions."""

from collections.abc import Mapping
from typing import Any

from quayside.settings.progressive import ProgressiveSettings
from quayside.workloads.measures import Requests, quantile, success
from quayside.workloads.metadata import Manifest, metadata
from quayside.workloads.rollout import API

ANSWERED = "len(result) > 0"
"""Whether Prometheus has an answer. Without one, and with NaN, a measurement is neither a success nor a failure: nobody has asked the version
anything."""

LEAST_WINDOW = 120
"""Seconds that a rate is taken over at least: four answers of a program that Prometheus asks every 30, of which one may be late."""

MEASUREMENTS = 2
"""In each step: one early, by which a version that fails is taken back soon, and one at the end."""

FAILURES = 0
"""Failed measurements that are borne. Each is of two minutes at least, and a version that is taken back wrongly can be tried again."""

WITHOUT_ANSWER = 1
"""Measurements of a step that need no answer: early in the first one, Prometheus may not have asked twice. With none at all a version waits."""


def analysis_template(name: str, home: Any, labels: Mapping[str, str], metrics: Any) -> Manifest:
    """The checks of a service. metrics: as below, known only later where the namespace is."""
    return {"apiVersion": API, "kind": "AnalysisTemplate", "metadata": metadata(name, home, labels), "spec": {"metrics": metrics}}


def metrics(asked: ProgressiveSettings, counted: Requests, address: str) -> list[dict[str, Any]]:
    """What is measured of the new version alone. counted: its requests; address: of Prometheus.

    A step is over when they are: each metric has its measurements, the last one when the interval ends.
    """
    window = f"{max(asked.interval.seconds, LEAST_WINDOW)}s"
    bound = asked.latency.milliseconds * counted.factor / 1000
    return [
        _metric("success-rate", asked, address, success(counted, window), (">=", "<"), f"{asked.success_rate:g}"),
        _metric("latency", asked, address, quantile(counted, 0.99, window), ("<=", ">"), f"{bound:g}"),
    ]


def _metric(name: str, asked: ProgressiveSettings, address: str, query: str, signs: tuple[str, str], bound: str) -> dict[str, Any]:
    every = f"{asked.interval.seconds // MEASUREMENTS}s"
    good, bad = (f"{ANSWERED} && result[0] {sign} {bound}" for sign in signs)
    return {
        "name": name,
        "initialDelay": every,
        "interval": every,
        "count": MEASUREMENTS,
        "failureLimit": FAILURES,
        "inconclusiveLimit": WITHOUT_ANSWER,
        "successCondition": good,
        "failureCondition": bad,
        "provider": {"prometheus": {"address": address, "query": query}},
    }
