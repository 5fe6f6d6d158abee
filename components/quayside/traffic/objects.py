"""Objects that policies have of their own, and the names in them."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pulumi

from quayside.edge.contract import Manifest
from quayside.planes.waypoint import waypoint_name
from quayside.traffic.contract import Subject
from quayside.traffic.envoy_filters import before_router, envoy_filter, pods_of

SECURITY = "security.istio.io/v1"
NETWORKING = "networking.istio.io/v1"
KONG = "configuration.konghq.com/v1"


def manifest(api: str, kind: str, name: Any, subject: Subject, spec: Mapping[str, Any], namespace: Any = None) -> Manifest:
    """An object beside the service, or in another namespace."""
    about = {"name": name, "namespace": subject.namespace if namespace is None else namespace, "labels": dict(subject.labels)}
    return {"apiVersion": api, "kind": kind, "metadata": about, "spec": dict(spec)}


def kong_plugin(plugin: str, name: str, subject: Subject, config: Mapping[str, Any]) -> Manifest:
    """A plugin of Kong's, which has no `spec`."""
    made = manifest(KONG, "KongPlugin", name, subject, {})
    del made["spec"]
    return {**made, "plugin": plugin, "config": dict(config)}


def joined(*parts: Any) -> Any:
    """Text of parts, of which some may be known only later."""
    if any(isinstance(part, pulumi.Output) for part in parts):
        return pulumi.Output.concat(*parts)
    return "".join(parts)


def host_name(service: str, namespace: Any) -> Any:
    """The name of a service in the cluster's DNS."""
    return joined(service, ".", namespace, ".svc.cluster.local")


def services(subject: Subject) -> list[str]:
    """The Services of all its versions, the main one first."""
    return [*_routed(subject), *subject.further_services]


def pods(subject: Subject) -> list[str]:
    """Names of the pods of all its versions, the main one first."""
    return [*_routed(subject), *subject.further_pods]


def selectors(subject: Subject) -> list[tuple[str, dict[str, Any]]]:
    """The pods of each version: name, and what finds them."""
    return [(name, {"matchLabels": pods_of(subject, name)}) for name in pods(subject)]


def at_pods(what: str, subject: Subject, filter_: str, config: Mapping[str, Any]) -> list[Manifest]:
    """A filter of Envoy's for the requests to the pods of each version, in their sidecars. config: the filter's, with its @type."""
    patch = before_router("SIDECAR_INBOUND", {"name": filter_, "typed_config": dict(config)})
    return [
        envoy_filter(f"{name}-{what}", subject.namespace, subject.labels, {"workloadSelector": {"labels": pods_of(subject, name)}}, [patch])
        for name in pods(subject)
    ]


def _routed(subject: Subject) -> list[str]:
    """The versions among which routes choose: pods and Service of one have the same name."""
    return [subject.service, *(version.service for version in subject.versions)]


def targets(subject: Subject) -> list[dict[str, str]]:
    """The Services of all its versions, as what a waypoint does is bound to them."""
    return [{"group": "", "kind": "Service", "name": name} for name in services(subject)]


def waypoint_principal(subject: Subject) -> Any:
    """The identity of the service's waypoint: Istio names its ServiceAccount like the Gateway (its docs, Configure waypoint proxies)."""
    return joined("cluster.local/ns/", subject.namespace, f"/sa/{waypoint_name(subject.service)}")


def only_by_waypoint(subject: Subject, *, held: bool = True) -> list[Manifest]:
    """Who calls the pods themselves is refused, at their nodes: a check at the waypoint would be of no use where it can be gone around.

    held: false where nobody is refused. The policies are there all the same as long as the service has a waypoint: what a run takes away it
    takes away at its end, and until then they would refuse what comes from an entry that goes straight to the pods again. Istio's webhook
    wants a rule in them: one that nobody fits.
    """
    waypoint = [waypoint_principal(subject)]
    rules = [{"from": [{"source": {"notPrincipals": waypoint} if held else {"principals": waypoint, "notPrincipals": waypoint}}]}]
    return [
        manifest(SECURITY, "AuthorizationPolicy", f"{name}-by-waypoint", subject, {"selector": chosen, "action": "DENY", "rules": rules})
        for name, chosen in selectors(subject)
    ]


def short(text: str) -> str:
    """A few letters that stand for a text in a name."""
    return sha256(text.encode()).hexdigest()[:8]


def seconds(milliseconds: int) -> str:
    """A span as protobuf's JSON writes it: Istio's validation takes ms as well, other readers of its objects do not."""
    return f"{milliseconds / 1000:g}s"
