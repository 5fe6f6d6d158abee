"""What runs in a cluster, with how many of its pods are ready."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from .titled import titled

KINDS = (("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("argoproj.io/v1alpha1", "Rollout"))
SYSTEM = {"kube-system", "kube-public", "kube-node-lease"}  # the vendor's own


def table(objects: list[dict[str, Any]]) -> Table | None:
    """One row for each workload outside of the vendor's namespaces."""
    theirs = [each for each in objects if each["metadata"]["namespace"] not in SYSTEM]
    if not theirs:
        return None
    found = titled("Services and add-ons", "namespace", "name", "ready", "image")
    for each in sorted(theirs, key=lambda each: (each["metadata"]["namespace"], each["metadata"]["name"])):
        ready, wanted = replicas(each)
        colour = "green" if ready == wanted else "red"
        images = ", ".join(short(container["image"]) for container in each["spec"]["template"]["spec"]["containers"])
        shown = escape(" ".join(part for part in (images, on_the_way(each)) if part))
        found.add_row(each["metadata"]["namespace"], each["metadata"]["name"], f"[{colour}]{ready}/{wanted}[/{colour}]", shown)
    return found


def replicas(workload: dict[str, Any]) -> tuple[int, int]:
    """How many pods are ready, and how many there are to be."""
    status = workload.get("status", {})
    if workload["kind"] == "DaemonSet":
        return status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
    wanted = workload["spec"].get("replicas", 1)
    if workload["kind"] == "Rollout":  # two versions have pods while one takes the place of the other
        wanted = max(wanted, status.get("replicas", 0))
    return status.get("readyReplicas", 0), wanted


def on_the_way(workload: dict[str, Any]) -> str:
    """What a Rollout says of itself while it is not at rest."""
    status = workload.get("status", {})
    if workload["kind"] != "Rollout" or status.get("phase") in (None, "Healthy"):
        return ""
    weight = ((status.get("canary") or {}).get("weights") or {}).get("canary", {}).get("weight", 0)
    return f"({weight}%, {status['phase']}: {status.get('message', '')})"


def short(image: str) -> str:
    """An image without the registry's address, and without the digest that stands behind its tag: 64 digits that nobody reads."""
    name, _, digest = image.partition("@")
    registry, _, path = name.partition("/")
    if path and (registry == "localhost" or "." in registry or ":" in registry):
        name = path
    return name if ":" in name or not digest else f"{name}@{digest[:19]}…"
