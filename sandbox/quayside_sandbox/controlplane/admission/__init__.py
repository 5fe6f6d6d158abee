"""Whose admission webhooks say no or change what they are shown, and when. All others grant everything as it is.

A further one: a file here and a line below.
"""

from __future__ import annotations

from ...kube import Api
from ...kube.client import Object
from . import ingress_nginx, istiod, kong
from .contract import Change, Judge

JUDGES: tuple[Judge, ...] = (ingress_nginx.JUDGE, istiod.JUDGE, kong.JUDGE)


def objection(api: Api, pod: Object, request: Object) -> str | None:
    """Why the program in the pod refuses what the AdmissionReview's request wants to do; None where it does not."""
    judge = _judge(pod)
    return judge.objection(api, pod, request) if judge else None


def changes(api: Api, pod: Object, request: Object) -> list[Change]:
    """What the program in the pod makes of an object that it grants."""
    judge = _judge(pod)
    return judge.changes(api, pod, request) if judge else []


def _judge(pod: Object) -> Judge | None:
    return next((judge for judge in JUDGES if judge.sits(pod)), None)


__all__ = ["JUDGES", "Change", "Judge", "changes", "objection"]
