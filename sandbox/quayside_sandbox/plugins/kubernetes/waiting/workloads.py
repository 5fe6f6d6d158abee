"""When the kinds that run pods are ready."""

from __future__ import annotations

from .progress import Object
from .rule import READY, AloneRule, Verdict, View, bracketed, condition, dig, number, observed


class DeploymentRule(AloneRule):
    """The newest ReplicaSet has all its pods, they are available, and those of older ones are gone."""

    def judge(self, view: View) -> Verdict:
        live = view.live
        wanted = _replicas(live)
        available, progressing = condition(live, "Available"), condition(live, "Progressing")
        rolled_out = not progressing or progressing.get("reason") == "NewReplicaSetAvailable"
        # The first rollout is not marked as progressed where it was never complete before (scaled by hand, progressDeadlineSeconds unset).
        first = dig(live, "metadata", "annotations", "deployment.kubernetes.io/revision") == "1"
        updated, ready = number(live, "status", "updatedReplicas"), number(live, "status", "readyReplicas")
        complete = updated >= wanted and ready >= wanted and number(live, "status", "replicas") == updated
        if observed(live) and available.get("status") == "True" and complete and (rolled_out or first):
            return Verdict(ready=True, warning=_scaled_to_none(live) if wanted == 0 else "")
        return Verdict(
            status=f"Waiting for app ReplicaSet to be available ({min(ready, updated)}/{wanted} Pods available)",
            reasons=self._reasons(live, first, available, progressing, rolled_out),
        )

    def _reasons(self, live: Object, first: bool, available: Object, progressing: Object, rolled_out: bool) -> list[str]:
        found = [bracketed(entry) for entry in (available, progressing) if entry.get("status") == "False"]
        failure = condition(live, "ReplicaFailure")
        if failure.get("status") == "True":
            found.append(bracketed(failure))
        if dig(live, "spec", "paused"):
            found.append("the Deployment is paused: remove .spec.paused, or its rollout will not begin")
        if available.get("status") != "True":
            found.append("Minimum number of live Pods was not attained")
        elif first:
            found.append("Minimum number of Pods to consider the application live was not attained")
        if not first and not rolled_out:
            found.append("Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live")
        return found


class StatefulSetRule(AloneRule):
    """All replicas are ready and of the newest revision."""

    def judge(self, view: View) -> Verdict:
        live = view.live
        wanted = _replicas(live)
        total, ready = number(live, "status", "replicas"), number(live, "status", "readyReplicas")
        current, updated = dig(live, "status", "currentRevision") or "", dig(live, "status", "updateRevision") or ""
        first = number(live, "metadata", "generation") <= 1
        if not first and dig(live, "spec", "updateStrategy", "type") == "OnDelete":
            same_revision, complete = True, wanted == total == ready
        else:
            same_revision = bool(current) and current == updated
            complete = wanted == total == ready == number(live, "status", "currentReplicas")
        if observed(live) and same_revision and complete:
            return READY
        shown = ready if same_revision else min(ready, number(live, "status", "updatedReplicas"))
        reasons = [] if complete else [f"{shown} out of {wanted} replicas succeeded readiness checks"]
        if not same_revision:
            reasons.append(f'StatefulSet controller failed to advance from revision "{current}" to revision "{updated}"')
        if first:
            status = f"[1/2] Waiting for StatefulSet to create Pods ({shown}/{wanted} Pods ready)"
        elif not complete:
            status = f"[1/3] Waiting for StatefulSet update to roll out ({shown}/{wanted} Pods ready)"
        else:
            status = "[2/3] Waiting for StatefulSet to update .status.currentRevision"
        return Verdict(status=status, reasons=reasons)


class DaemonSetRule(AloneRule):
    """Every node that should run the newest pod does, and it is available (kstatus of sigs.k8s.io/cli-utils)."""

    def judge(self, view: View) -> Verdict:
        live = view.live
        if not observed(live) or dig(live, "status", "desiredNumberScheduled") is None:
            return Verdict(status="Waiting for the DaemonSet controller", reasons=["the DaemonSet controller has not seen this DaemonSet"])
        wanted = number(live, "status", "desiredNumberScheduled")
        counts = {
            "scheduled": number(live, "status", "currentNumberScheduled"),
            "updated": number(live, "status", "updatedNumberScheduled"),
            "available": number(live, "status", "numberAvailable"),
            "ready": number(live, "status", "numberReady"),
        }
        for word, count in counts.items():
            if count < wanted:
                return Verdict(status=f"{word.capitalize()}: {count}/{wanted}", reasons=[f"{count} out of {wanted} Pods are {word}"])
        return READY


class JobRule(AloneRule):
    """The Job has completed. One that has failed ends the wait at once: it will not run again."""

    def judge(self, view: View) -> Verdict:
        live = view.live
        if condition(live, "Complete").get("status") == "True":
            return READY
        for kind in ("Failed", "FailureTarget"):
            failed = condition(live, kind)
            if failed.get("status") == "True":
                return Verdict(failed=kind == "Failed", reasons=[bracketed(failed)])
        counts = " | ".join(f"{word.capitalize()}: {number(live, 'status', word)}" for word in ("active", "succeeded", "failed"))
        if dig(live, "spec", "suspend"):
            text = "the Job is suspended: set .spec.suspend to false, or it will not begin"
            return Verdict(status=text, reasons=[text])
        return Verdict(status=f"Waiting for the Job to succeed ({counts})", reasons=[f"the Job did not succeed in time ({counts})"])


class PodRule(AloneRule):
    """The pod is ready, or has done its work."""

    def judge(self, view: View) -> Verdict:
        live = view.live
        phase, ready = dig(live, "status", "phase"), condition(live, "Ready")
        if phase == "Succeeded" or ready.get("status") == "True":
            return READY
        return Verdict(status="Waiting for the Pod to be ready", reasons=[f"the Pod is {phase or 'not seen by any kubelet'}, not ready"])


class ReplicationControllerRule(AloneRule):
    """As many pods are available as are wanted."""

    def judge(self, view: View) -> Verdict:
        wanted, available = _replicas(view.live), number(view.live, "status", "availableReplicas")
        if observed(view.live) and wanted == available:
            return READY
        text = f"{available} out of {wanted} replicas are available"
        return Verdict(status=text, reasons=[text])


def _replicas(live: Object) -> int:
    wanted = dig(live, "spec", "replicas")
    return 1 if wanted is None else int(wanted)


def _scaled_to_none(live: Object) -> str:
    return f'Replicas scaled to 0 for {live["kind"]} "{live["metadata"]["name"]}"'
