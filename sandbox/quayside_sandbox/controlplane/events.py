"""Events, written as kubelets and controllers write them: one object for each cause, counted up when it happens again."""

from __future__ import annotations

import hashlib
import time

from ..kube import Api, ApiError
from ..kube.client import Object


def event(
    api: Api, about: Object, kind: str, reason: str, message: str, *, component: str = "kubelet", host: str = "", container: str = ""
) -> None:
    """`kind` is Normal or Warning; `container` names the container of a Pod that the event is about."""
    metadata = about["metadata"]
    namespace = metadata.get("namespace") or "default"
    cause = "|".join((metadata["uid"], kind, reason, message, container))
    name = f"{metadata['name']}.{hashlib.sha256(cause.encode()).hexdigest()[:16]}"
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    source = {"component": component, **({"host": host} if host else {})}
    reference = {
        "apiVersion": about.get("apiVersion", "v1"),
        "kind": about["kind"],
        "name": metadata["name"],
        "namespace": metadata.get("namespace"),
        "uid": metadata["uid"],
        "resourceVersion": metadata.get("resourceVersion"),
        "fieldPath": f"spec.containers{{{container}}}" if container else None,
    }
    body: Object = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": {key: value for key, value in reference.items() if value},
        "type": kind,
        "reason": reason,
        "message": message,
        "source": source,
        "reportingComponent": component,
        "reportingInstance": host,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
    try:
        api.create(body)
    except ApiError as problem:
        if problem.reason == "AlreadyExists":
            before = api.find("v1", "Event", name, namespace)
            if before:
                api.patch("v1", "Event", name, {"count": before.get("count", 1) + 1, "lastTimestamp": now}, namespace)
        elif problem.code not in (403, 404):  # the namespace is on its way out
            raise
