"""When the kinds that lead traffic to pods are ready."""

from __future__ import annotations

from .progress import Object
from .rule import READY, Others, Verdict, View, dig
from .watch import Selection

# The official plugin gives endpoints ten seconds without a change; for an Ingress, a minute where no Service is seen at all.
SETTLE = 10.0
SETTLE_UNSEEN = 60.0
NO_TARGET = (
    "Service does not target any ready Pods. Application Pods may not be ready, or field '.spec.selector' may not match labels on any Pods"
)
NO_ADDRESS = "Service was not allocated an IP address; does your cloud provider support this?"


class ServiceRule:
    """The pods behind it are ready, its endpoints have settled, and a load balancer has its address."""

    timeout = 600.0

    def selections(self, live: Object) -> list[Selection]:
        if not _has_endpoints(live):
            return []
        metadata = live["metadata"]
        label = f"kubernetes.io/service-name={metadata['name']}"
        return [Selection("discovery.k8s.io/v1", "EndpointSlice", metadata.get("namespace"), labels=label)]

    def judge(self, view: View) -> Verdict:
        live = view.live
        addressed = dig(live, "spec", "type") != "LoadBalancer" or bool(dig(live, "status", "loadBalancer", "ingress"))
        reasons = [] if addressed else [NO_ADDRESS]
        if not _has_endpoints(live):
            if addressed:
                return READY
            return Verdict(status="Attempting to allocate IP address to Service", reasons=reasons)
        slices = next(iter(view.others.values()), Others())
        targeted = bool(slices.objects) and not any(_waits_for_a_pod(entry) for entry in slices.objects.values())
        if not targeted:
            return Verdict(status="[1/3] Finding Pods to direct traffic to", reasons=[NO_TARGET, *reasons])
        settled_at = (view.now if slices.changed is None else slices.changed) + SETTLE
        if view.now < settled_at and not view.final:
            return Verdict(status="[1/3] Finding Pods to direct traffic to", reasons=reasons, again=settled_at)
        return Verdict(ready=addressed, status="[2/3] Attempting to allocate IP address to Service", reasons=reasons)


class IngressRule:
    """It has an address, and each rule leads to a Service that exists (or nothing has changed for long enough to believe otherwise)."""

    timeout = 600.0

    def selections(self, live: Object) -> list[Selection]:
        return [Selection("v1", "Service", live["metadata"].get("namespace"))]

    def judge(self, view: View) -> Verdict:
        services = next(iter(view.others.values()), Others())
        missing = [path for path, service in _paths(view.live) if service not in services.objects]
        since, patience = (services.changed, SETTLE) if services.objects else (None, SETTLE_UNSEEN)
        settled_at = (view.started if since is None else since) + patience
        warning = "; ".join(f"No matching service found for ingress rule: {path}" for path in missing)
        if missing and view.now < settled_at and not view.final:
            reasons = ["Ingress has at least one rule with an unavailable target endpoint", warning]
            return Verdict(status="[1/3] Finding a matching service for each Ingress path", reasons=reasons, again=settled_at)
        if dig(view.live, "status", "loadBalancer", "ingress"):
            return Verdict(ready=True, warning=warning)
        reasons = [warning] if warning else []
        reasons.append(
            "Ingress .status.loadBalancer field was not updated with a hostname/IP address: does a controller of its ingress class run?"
        )
        return Verdict(status="[2/3] Waiting for update of .status.loadBalancer with hostname/IP", reasons=reasons)


def _has_endpoints(live: Object) -> bool:
    """Headless, selector-less and external Services have none to wait for (pulumi-kubernetes issues 248 and 799)."""
    spec = live.get("spec") or {}
    return spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None" and bool(spec.get("selector"))


def _waits_for_a_pod(endpoint_slice: Object) -> bool:
    """Whether a pod behind it is not ready yet; none at all is fine (pulumi-kubernetes pull request 3142)."""
    conditions = [endpoint.get("conditions") or {} for endpoint in endpoint_slice.get("endpoints") or []]
    return any(entry.get("ready") is False and not entry.get("terminating") for entry in conditions)


def _paths(live: Object) -> list[tuple[str, str]]:
    """Each rule's path as text, and the Service that it names."""
    found = []
    for rule in dig(live, "spec", "rules") or []:
        for path in dig(rule, "http", "paths") or []:
            service = dig(path, "backend", "service", "name")
            if service:
                place = (rule.get("host") or "") + (path.get("path") or "")
                found.append((f'"{place or "(default path)"}" -> "{service}"', service))
    return found
