"""A load balancer as DigitalOcean's controller reads it from a Service (digitalocean-cloud-controller-manager, lb_annotations.go)."""

from quayside.settings.entry import LoadBalancerSettings

PREFIX = "service.beta.kubernetes.io/do-loadbalancer-"

ID = "kubernetes.digitalocean.com/load-balancer-id"
"""Annotation in which the controller notes the load balancer's id, before the Service has an address."""


def annotations(settings: LoadBalancerSettings) -> dict[str, str]:
    """What a Service of type LoadBalancer says to the controller.

    Not there: health checks, which follow externalTrafficPolicy and speak no proxy protocol (changelog, v0.1.51 and v0.1.54), and rules of
    access, for which the Service has a field (do-loadbalancer-allow-rules is deprecated since 2024-07-16).
    """
    said = {
        "name": settings.name,
        "hostname": settings.host_name,
        "enable-proxy-protocol": "true" if settings.proxy_protocol else "false",
        "size-unit": str(settings.size_unit),
        # otherwise it would make a record at the domain's apex for a certificate of DigitalOcean's own
        "disable-lets-encrypt-dns-records": "true",
    }
    return {f"{PREFIX}{key}": value for key, value in said.items() if value is not None} | settings.annotations
