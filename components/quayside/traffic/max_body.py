"""The largest body of a request, said to each data plane."""

from math import floor

from quayside.edge.contract import Parts
from quayside.settings.traffic.max_body import MaxBodySettings
from quayside.settings.types import Memory
from quayside.traffic.contract import Subject
from quayside.traffic.envoy_filters import before_router, label
from quayside.traffic.objects import at_pods, kong_plugin

EXAMPLES = {"50 MiB": MaxBodySettings(size=Memory("50Mi"))}

FILTER = "envoy.filters.http.buffer"
_TYPE = "type.googleapis.com/envoy.extensions.filters.http.buffer.v3."


def render(spec: MaxBodySettings, plane: str, subject: Subject) -> Parts:
    """See contract.Render."""
    size = floor(spec.size.amount)
    buffer = {"max_request_bytes": size}
    if plane == "ingress-nginx":
        return Parts(annotations={"nginx.ingress.kubernetes.io/proxy-body-size": str(size)})
    if plane == "kong":
        name = f"{subject.service}-max-body"
        config = {"allowed_payload_size": size, "size_unit": "bytes"}
        return Parts(plugins=[name], objects=[kong_plugin("request-size-limiting", name, subject, config)])
    if plane == "sidecar":
        return Parts(objects=at_pods("max-body", subject, FILTER, {"@type": f"{_TYPE}Buffer", **buffer}))
    if subject.planes.mesh == "sidecar":
        return Parts()
    # switched off for all routes (HttpFilter.disabled), and on by what the service's own routes say to it
    name = f"quayside.max-body.{label(subject)}"
    idle = before_router("GATEWAY", {"name": name, "disabled": True, "typed_config": {"@type": f"{_TYPE}Buffer", **buffer}})
    return Parts(patches=[idle], patch={"typed_per_filter_config": {name: {"@type": f"{_TYPE}BufferPerRoute", "buffer": buffer}}})
