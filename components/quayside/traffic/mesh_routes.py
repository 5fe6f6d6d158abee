"""Routes for callers inside the mesh: the service's own name leads to its versions, with its policies."""

from quayside.edge import gateway_api_routes, http_route_rules, virtual_service_rules
from quayside.edge.contract import Exposure, Manifest, Parts
from quayside.traffic.contract import Subject
from quayside.traffic.objects import NETWORKING, host_name, manifest


def mesh_routes(subject: Subject, parts: Parts) -> list[Manifest]:
    """The route of a service in the mesh, nothing where there is nothing to say: without one, Istio leads to the Service as it is.

    Connections that carry no HTTP have none either: of versions, TCP's are no part of the mesh's routes.
    """
    if subject.protocol == "tcp" or not (parts.rule or parts.rules or parts.filters or parts.unsafe or subject.versions):
        return []
    exposure = Exposure(
        service=subject.service,
        namespace=subject.namespace,
        port=subject.port,
        hosts={},
        labels=subject.labels,
        protocol=subject.protocol,
        versions=subject.versions,
        parts=parts,
    )
    name = f"{subject.service}-mesh"
    if subject.planes.mesh == "ambient":
        parent = {"group": "", "kind": "Service", "name": subject.service, "port": subject.port}
        at_service = {"parentRefs": [parent], "rules": http_route_rules.http_rules(exposure)}
        return [manifest(gateway_api_routes.API, "HTTPRoute", name, subject, at_service)]
    hosts = [host_name(subject.service, subject.namespace)]
    in_mesh = {"hosts": hosts, "gateways": ["mesh"], "http": virtual_service_rules.http_rules(exposure)}
    return [manifest(NETWORKING, "VirtualService", name, subject, in_mesh)]
