"""Helm releases that a killed run left in the middle: helm refuses them ('another operation is in progress') until somebody ends them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quayside.operations import programs
from quayside.operations.recovery.repairs import Repair
from quayside.operations.verb import Refused

PENDING = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})
"""What helm calls a release in the middle (helm.sh/helm/v3 pkg/release, Status)."""

TIMEOUT = "5m"
"""For what an uninstallation waits at most."""


class Releases:
    """The releases of a cluster, through helm."""

    def __init__(self, kubeconfig: str) -> None:
        self._kubeconfig = kubeconfig

    def status(self, namespace: str, name: str) -> str | None:
        """None where there is no such release. Raises Refused."""
        try:
            return str(self._json("status", name, "--namespace", namespace)["info"]["status"])
        except programs.Failed as problem:
            if "release: not found" in str(problem):  # helm.sh/helm/v3 pkg/storage/driver, ErrReleaseNotFound
                return None
            raise Refused(f"helm cannot say how release {namespace}/{name} is: {' '.join(str(problem).split())}") from None

    def pending(self) -> set[tuple[str, str]]:
        """(namespace, name) of every release in the middle. Raises Refused."""
        try:
            found = self._json("list", "--all-namespaces", "--pending")
        except programs.Failed as problem:
            raise Refused(f"helm cannot list releases: {' '.join(str(problem).split())}") from None
        return {(str(each["namespace"]), str(each["name"])) for each in found}

    def repair(self, namespace: str, name: str, status: str) -> Repair:
        """What ends it. Raises Refused."""
        try:
            history = self._json("history", name, "--namespace", namespace)
        except programs.Failed as problem:
            raise Refused(f"helm cannot tell the history of {namespace}/{name}: {' '.join(str(problem).split())}") from None
        return repair(namespace, name, status, history)

    def _json(self, *words: str) -> Any:
        with programs.kept(self._kubeconfig) as file:
            return json.loads(programs.run(["helm", *words, "--output", "json", "--kubeconfig", file]))


def repair(namespace: str, name: str, status: str, history: Sequence[Mapping[str, Any]]) -> Repair:
    """Back to the newest revision that ran; what never ran goes."""
    ran = [int(each["revision"]) for each in history if each.get("status") in ("deployed", "superseded")]
    place = ["--namespace", namespace]
    if not ran:
        return Repair(["helm", "uninstall", name, *place, "--wait", "--timeout", TIMEOUT], f"{status}: it never ran")
    back = next((int(each["revision"]) for each in history if each.get("status") == "deployed"), max(ran))
    return Repair(["helm", "rollback", name, str(back), *place], f"{status}: back to what ran before")


def by_hand(namespace: str, name: str) -> str:
    """The commands for who has no helm here."""
    place = f"{name} --namespace {namespace}"
    return f"helm is not on PATH; where it is: helm status {place}; when pending: helm rollback {place}, or helm uninstall {place} if it never ran"


def stuck(releases: Releases, named: Sequence[tuple[str, str]]) -> Iterator[Repair]:
    """Repairs of those in the middle. Raises Refused."""
    inside = releases.pending() if named else set()
    for namespace, name in named:
        if (namespace, name) in inside:
            yield releases.repair(namespace, name, releases.status(namespace, name) or "pending")
