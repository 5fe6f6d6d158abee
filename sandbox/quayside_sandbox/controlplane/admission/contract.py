"""What a judge is: in which pods it sits, and what it objects to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...kube import Api
from ...kube.client import Object


@dataclass(frozen=True)
class Judge:
    """`sits` says of a pod whether the judge is in it; `objection` gets the cluster's API, the pod and the AdmissionReview's request."""

    sits: Callable[[Object], bool]
    objection: Callable[[Api, Object, Object], str | None]
