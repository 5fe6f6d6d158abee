"""The `pulumi.com/…` annotations that steer a wait."""

from __future__ import annotations

from typing import Any

from .progress import Object

SKIP_AWAIT = "pulumi.com/skipAwait"
WAIT_FOR = "pulumi.com/waitFor"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"

# Only these kinds let skipAwait skip the wait for their deletion too (pulumi-kubernetes issues 1232 and 3154).
_SKIPS_DELETION = {"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"}


def annotation(live: Object, key: str) -> str:
    """The annotation's value, or an empty string."""
    annotations: dict[str, Any] = (live.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(key) or "")


def skips_await(live: Object) -> bool:
    return annotation(live, SKIP_AWAIT).lower() == "true"


def skips_deletion_await(live: Object) -> bool:
    return skips_await(live) and live.get("kind") in _SKIPS_DELETION


def time_limit(live: Object, timeout: float | None, default: float) -> float:
    """Seconds: customTimeouts before the annotation before the kind's default; an annotation that is no number is passed over."""
    if timeout:
        return timeout
    try:
        return float(int(annotation(live, TIMEOUT_SECONDS)))
    except ValueError:
        return default
