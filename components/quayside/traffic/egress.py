"""Egress, said to the proxies beside the service's pods."""

from typing import Any

from quayside.edge.contract import Manifest, Parts
from quayside.settings.traffic.egress import EgressHostSettings, EgressSettings, OuterHost
from quayside.traffic.contract import Subject
from quayside.traffic.objects import NETWORKING, manifest, selectors, short

EXAMPLES = {
    "one API": EgressSettings(hosts={OuterHost("api.stripe.com"): EgressHostSettings()}),
    "a database, and all below a domain": EgressSettings(
        hosts={
            OuterHost("db.example.com"): EgressHostSettings(port=25060, protocol="tcp"),
            OuterHost("*.example.org"): EgressHostSettings(),
        }
    ),
    "nothing": EgressSettings(),
}


def render(spec: EgressSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render.

    The Sidecar holds the service to the registry, whatever the mesh does, and leaves it all that the registry has (*/*). The ServiceEntries are
    for its own namespace alone (exportTo): services that share it may call what one of them names, and nobody else.
    """
    entries = [_entry(host, each, subject) for host, each in sorted(spec.hosts.items())]
    held: list[Manifest] = [
        manifest(
            NETWORKING,
            "Sidecar",
            name,
            subject,
            {
                "workloadSelector": {"labels": chosen["matchLabels"]},
                "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
                "egress": [{"hosts": ["*/*"]}],
            },
        )
        for name, chosen in selectors(subject)
    ]
    return Parts(objects=[*entries, *held])


def _entry(host: str, each: EgressHostSettings, subject: Subject) -> Manifest:
    """A host of many has no address of its own: the proxy goes where the service was going, as the request names the host."""
    port: dict[str, Any] = {"number": each.port, "name": each.protocol, "protocol": each.protocol.upper()}
    resolution = "NONE" if host.startswith("*.") else "DNS"
    spec = {"hosts": [host], "ports": [port], "location": "MESH_EXTERNAL", "resolution": resolution, "exportTo": ["."]}
    return manifest(NETWORKING, "ServiceEntry", f"{subject.service}-egress-{short(host)}", subject, spec)
