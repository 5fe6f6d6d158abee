"""Whose admission webhooks say no, and when. All others grant everything. A further one: a file here and a line below."""

from __future__ import annotations

from ...kube import Api
from ...kube.client import Object
from . import ingress_nginx
from .contract import Judge

JUDGES: tuple[Judge, ...] = (ingress_nginx.JUDGE,)


def objection(api: Api, pod: Object, request: Object) -> str | None:
    """Why the program in the pod refuses what the AdmissionReview's request wants to do; None where it does not."""
    for judge in JUDGES:
        if judge.sits(pod):
            return judge.objection(api, pod, request)
    return None


__all__ = ["JUDGES", "Judge", "objection"]
