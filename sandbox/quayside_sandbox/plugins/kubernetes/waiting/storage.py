"""When volumes, quotas and tokens are ready."""

from __future__ import annotations

from .progress import Object
from .rule import READY, AloneRule, Verdict, View, dig
from .watch import Selection


class PersistentVolumeClaimRule:
    """It is bound; where its class binds only for the first pod that uses it, being accepted is all there is to wait for."""

    timeout = 300.0

    def selections(self, live: Object) -> list[Selection]:
        name = dig(live, "spec", "storageClassName")
        return [Selection("storage.k8s.io/v1", "StorageClass", fields=f"metadata.name={name}")] if name else []

    def judge(self, view: View) -> Verdict:
        phase, name = dig(view.live, "status", "phase"), dig(view.live, "spec", "storageClassName")
        classes = [entry for others in view.others.values() for entry in others.objects.values()]
        late = any(entry.get("volumeBindingMode") == "WaitForFirstConsumer" for entry in classes)
        if phase == "Bound" or (late and phase == "Pending"):
            return READY
        listed = any(others.changed is not None for others in view.others.values())
        reasons = [f"the PersistentVolumeClaim is {phase or 'not seen by any controller'}, not Bound"]
        if not name:
            reasons.append("no storage class: the claim names none, and the cluster has no default")
        elif listed and not classes:
            reasons.append(f'there is no storage class "{name}" in this cluster')
        return Verdict(status="Waiting for the PersistentVolumeClaim to be bound", reasons=reasons)


class PersistentVolumeRule(AloneRule):
    """It can be claimed, or has been."""

    timeout = 300.0

    def judge(self, view: View) -> Verdict:
        phase = dig(view.live, "status", "phase") or "not seen by any controller"
        return READY if phase in ("Available", "Bound") else Verdict(reasons=[f"the PersistentVolume is {phase}"])


class ResourceQuotaRule(AloneRule):
    """The quota controller counts by the newest limits."""

    timeout = 60.0

    def judge(self, view: View) -> Verdict:
        same = dig(view.live, "spec", "hard") == dig(view.live, "status", "hard")
        return READY if same else Verdict(reasons=["the quota's .status.hard does not show its .spec.hard"])


class SecretRule(AloneRule):
    """A service account's token has been written into it; other Secrets are ready as they are."""

    timeout = 5.0

    def judge(self, view: View) -> Verdict:
        if view.live.get("type") != "kubernetes.io/service-account-token" or view.live.get("data"):
            return READY
        account = dig(view.live, "metadata", "annotations", "kubernetes.io/service-account.name")
        return Verdict(reasons=[f'no token was written into the Secret: is there a ServiceAccount "{account}" in its namespace?'])
