"""Mirroring, said to each data plane."""

from typing import Any

from quayside.edge.contract import Parts
from quayside.settings.traffic.mirroring import MirroringSettings
from quayside.settings.types import Name
from quayside.traffic.contract import Subject
from quayside.traffic.objects import host_name, joined

EXAMPLES = {
    "10 % to another service": MirroringSettings(service=Name("shadow"), percent=10),
    "all to a service elsewhere": MirroringSettings(service=Name("shadow"), namespace=Name("lab")),
    "5 % to a version": MirroringSettings(version=Name("canary"), percent=5),
}


def render(spec: MirroringSettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    name = spec.service or f"{subject.service}-{spec.version}"
    port = spec.port if spec.service else subject.port
    host = host_name(name, spec.namespace or subject.namespace)
    if plane == "ingress-nginx":
        return Parts(annotations={"nginx.ingress.kubernetes.io/mirror-target": joined("http://", host, f":{port}$request_uri")})
    if plane in ("istio", "sidecar"):
        destination = {"host": host, "port": {"number": port}}
        return Parts(rule={"mirrors": [{"destination": destination, "percentage": {"value": spec.percent}}]})
    mirror: dict[str, Any] = {"backendRef": {"name": name, "port": port}, "percent": spec.percent}
    return Parts(filters=[{"type": "RequestMirror", "requestMirror": mirror}])
