"""What a judge is: in which pods it sits, what it objects to, and what it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...kube import Api
from ...kube.client import Object

Change = Object
"""One operation of a JSON patch."""


def nothing(api: Api, pod: Object, request: Object) -> None:
    """Of a judge that grants everything."""


def unchanged(api: Api, pod: Object, request: Object) -> list[Change]:
    """Of a judge that only says yes or no."""
    return []


@dataclass(frozen=True)
class Judge:
    """`sits` says of a pod whether the judge is in it; `objection` and `changes` get the cluster's API, the pod and the AdmissionReview's
    request."""

    sits: Callable[[Object], bool]
    objection: Callable[[Api, Object, Object], str | None] = nothing
    changes: Callable[[Api, Object, Object], list[Change]] = unchanged
