"""Waypoints: in mode ambient, the proxy that looks into the requests to one service. Manifests as plain functions.

ztunnel carries connections and knows identities, not requests: routes, retries, JWTs and the like need a proxy on the way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quayside.settings.mesh import DEFAULT_REVISION

Manifest = dict[str, Any]

HBONE = 15008
"""Port on which the mesh's own connections arrive, in ambient at every pod (istio.io, 'Ambient and Kubernetes NetworkPolicy')."""

CLASS = "istio-waypoint"

USED, USED_BY_ENTRY = "istio.io/use-waypoint", "istio.io/ingress-use-waypoint"
"""Labels of a Service whose requests go by way of a waypoint, and of one of which that holds for those from Istio's entries too."""

TIMEOUT = 600
"""Seconds until a waypoint's pods must answer: new nodes fetch images in that time, as for a release."""


def waypoint_name(service: str) -> str:
    """A service's waypoint: one each, because services that share a namespace are not made by one hand."""
    return f"{service}-waypoint"


def use_waypoint(service: str, *, entry: bool = False) -> dict[str, str]:
    """Labels of the service's Service, and of each version's: requests to them go by way of the waypoint. entry: also those that come
    through one of Istio's entries, which otherwise go straight to the pods and heed the policies themselves."""
    return {USED: waypoint_name(service), **({USED_BY_ENTRY: "true"} if entry else {})}


def kept_labels(service: Manifest) -> list[str]:
    """What stays on the Service of a service that needs no waypoint, where it is there since it had one: fields, as Pulumi writes them.

    A run takes away the waypoint, and the policies by which pods refuse all who do not come by it, at its very end: without the labels all
    callers would be refused until then. Without the waypoint they mean nothing: requests then go straight to the pods (istio.io#17520).
    """
    written = service["metadata"].get("labels") or {}
    return [f'metadata.labels["{each}"]' for each in (USED, USED_BY_ENTRY) if isinstance(written, Mapping) and each not in written]


def waypoint(
    service: str,
    namespace: Any,
    labels: Mapping[str, str],
    sources: Sequence[Mapping[str, Any]],
    revision: str = DEFAULT_REVISION,
    further: Sequence[Manifest] = (),
) -> list[Manifest]:
    """Who may call a service's waypoint, and the waypoint, in the order in which they are made.

    It counts as made when its pods answer: until then istiod leads nobody to it, and policies that let callers in by way of it alone would
    refuse all that come to a service which runs already.
    sources: who may call the service itself, as its NetworkPolicy has it (`from`). To the pods a waypoint is a neighbour in their
        namespace: without a policy of its own everybody could come in through it.
    revision: the control plane that makes its pods.
    further: rules of others that get in.
    """
    name = waypoint_name(service)
    about = {"name": name, "namespace": namespace}
    follows = {} if revision == DEFAULT_REVISION else {"istio.io/rev": revision}
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {**about, "labels": dict(labels)},
            "spec": {
                "podSelector": {"matchLabels": {"gateway.networking.k8s.io/gateway-name": name}},
                "policyTypes": ["Ingress"],
                "ingress": [{"from": [dict(each) for each in sources], "ports": [{"protocol": "TCP", "port": HBONE}]}, *further],
            },
        },
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "metadata": {
                **about,
                "labels": {**labels, "istio.io/waypoint-for": "service", **follows},
                "annotations": {"pulumi.com/waitFor": "condition=Programmed", "pulumi.com/timeoutSeconds": str(TIMEOUT)},
            },
            "spec": {"gatewayClassName": CLASS, "listeners": [{"name": "mesh", "port": HBONE, "protocol": "HBONE"}]},
        },
    ]
