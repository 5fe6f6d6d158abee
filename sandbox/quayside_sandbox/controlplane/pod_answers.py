"""Who answers in the place of a simulated pod when the API server asks it something."""

from __future__ import annotations

from functools import partial

from ..kube import Api
from ..kube.client import Object
from .admission import changes, objection
from .metrics_api import Answer, MetricsApi
from .webhooks import respond


def answer(api: Api, metrics: MetricsApi, pod: Object, method: str, path: str, body: bytes) -> Answer:
    """Status and content."""
    if metrics.runs_in(pod):
        return metrics.respond(method, path)
    name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    return respond(method, path, body, name, partial(objection, api, pod), partial(changes, api, pod))
