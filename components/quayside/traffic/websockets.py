"""Websockets, said to each data plane."""

from quayside.edge.contract import Parts
from quayside.settings.traffic.websockets import WebsocketsSettings
from quayside.settings.types import Duration
from quayside.traffic.contract import Subject

EXAMPLES = {"silent for 2 h": WebsocketsSettings(idle=Duration("2h"))}


def render(spec: WebsocketsSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    idle = spec.idle.seconds
    if plane == "ingress-nginx":
        return Parts(annotations={f"nginx.ingress.kubernetes.io/proxy-{way}-timeout": str(idle) for way in ("read", "send")})
    if plane == "kong":
        return Parts(service_annotations={f"konghq.com/{way}-timeout": str(1000 * idle) for way in ("read", "write")})
    # An upgrade is one of HTTP/1.1. Streams have no limit on silence in Istio's listeners (StreamIdleTimeout 0 in its listener_builder.go).
    return Parts(destination={"connectionPool": {"http": {"h2UpgradePolicy": "DO_NOT_UPGRADE"}}})
