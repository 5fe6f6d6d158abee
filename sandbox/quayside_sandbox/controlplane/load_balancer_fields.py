"""From a Service's annotations and ports to the fields of its load balancer (digitalocean-cloud-controller-manager, lb_annotations.go)."""

from __future__ import annotations

from ..clouds.store import Record
from ..kube.client import Object

ANNOTATION = "service.beta.kubernetes.io/do-loadbalancer-"
UNITS = {"lb-small": 1, "lb-medium": 3, "lb-large": 6}


class InvalidAnnotation(ValueError):
    """The controller refuses to build a load balancer from it."""


class Annotations:
    """Those of a Service that concern its load balancer, read with the controller's defaults."""

    def __init__(self, service: Object) -> None:
        self._all: dict[str, str] = service["metadata"].get("annotations") or {}

    def text(self, name: str, default: str = "") -> str:
        return self._all.get(ANNOTATION + name, default)

    def flag(self, name: str) -> bool:
        value = self.text(name, "false").lower()
        if value not in ("true", "false", "t", "f", "1", "0"):
            raise InvalidAnnotation(f'failed to parse annotation "{ANNOTATION}{name}": invalid boolean value "{value}"')
        return value in ("true", "t", "1")

    def whole(self, name: str, default: int, least: int = 0, most: int = 65535) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or not least <= int(value) <= most:
            raise InvalidAnnotation(f'invalid value "{value}" for annotation "{ANNOTATION}{name}": must be a number from {least} to {most}')
        return int(value)

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise InvalidAnnotation(f'invalid value "{value}" for annotation "{ANNOTATION}{name}": must be one of {", ".join(choices)}')
        return value

    def ports(self, name: str) -> list[int]:
        return [int(port) for port in self.text(name).split(",") if port.strip().isdigit()]


def fields(service: Object) -> Record:
    """What the record says because of the Service. Raises InvalidAnnotation."""
    read = Annotations(service)
    if read.text("size-slug") and read.text("size-unit"):
        raise InvalidAnnotation("only one of LB size slug and size unit can be provided")
    slug = read.one_of("size-slug", "lb-small", tuple(UNITS))
    units = read.whole("size-unit", UNITS[slug], 1, 200)
    allow, deny = ([rule for rule in read.text(name).split(",") if rule] for name in ("allow-rules", "deny-rules"))
    ranges = [f"cidr:{one}" for one in service["spec"].get("loadBalancerSourceRanges") or []]
    return {
        "name": read.text("name") or default_name(service),
        "sizeUnit": units,
        "type": read.one_of("type", "REGIONAL", ("REGIONAL", "REGIONAL_NETWORK")),
        "network": read.one_of("network", "EXTERNAL", ("EXTERNAL", "INTERNAL")),
        "algorithm": "round_robin",
        "forwardingRules": _forwarding_rules(service, read),
        "healthcheck": _health_check(service, read),
        "stickySessions": _sticky_sessions(read),
        "redirectHttpToHttps": read.flag("redirect-http-to-https"),
        "enableProxyProtocol": read.flag("enable-proxy-protocol"),
        "enableBackendKeepalive": read.flag("enable-backend-keepalive"),
        "disableLetsEncryptDnsRecords": read.flag("disable-lets-encrypt-dns-records"),
        "httpIdleTimeoutSeconds": read.whole("http-idle-timeout-seconds", 60, 30, 600),
        "firewall": {"allows": ranges or allow, "denies": deny},  # the field wins over the annotation, as in the controller's buildFirewall
    }


def default_name(service: Object) -> str:
    """k8s.io/cloud-provider DefaultLoadBalancerName: 'a' and the Service's uid, 32 letters at most."""
    uid: str = service["metadata"]["uid"]
    return ("a" + uid.replace("-", ""))[:32]


def _forwarding_rules(service: Object, read: Annotations) -> list[Record]:
    default = read.one_of("protocol", "tcp", ("tcp", "http", "https", "http2", "http3"))
    by_port = {
        port: protocol
        for protocol, name in (("http", "http-ports"), ("http2", "http2-ports"), ("https", "tls-ports"))
        for port in read.ports(name)
    }
    certificate, pass_through = read.text("certificate-id") or read.text("certificate-name"), read.flag("tls-passthrough")
    rules: list[Record] = []
    for port in service["spec"].get("ports") or []:
        number = int(port["port"])
        protocol = "udp" if port.get("protocol") == "UDP" else by_port.get(number, default)
        if not by_port and default == "http" and number == 443 and certificate:
            protocol = "https"
        secure = protocol in ("https", "http2", "http3")
        if secure and not certificate and not pass_through:
            raise InvalidAnnotation(
                "failed to build load-balancer request: must set certificate id, or enable TLS pass through"
                f" (annotation {ANNOTATION}certificate-id or {ANNOTATION}tls-passthrough) for port {number}"
            )
        rules.append(
            {
                "entryProtocol": protocol,
                "entryPort": number,
                "targetProtocol": protocol if protocol in ("tcp", "udp") or pass_through else "http",
                "targetPort": int(port.get("nodePort") or 0),
                "certificateId": read.text("certificate-id") if secure and not pass_through else "",
                "certificateName": read.text("certificate-name") if secure and not pass_through else "",
                "tlsPassthrough": pass_through if secure else False,
            }
        )
    return rules


def _health_check(service: Object, read: Annotations) -> Record:
    """kube-proxy's own health port (10256); the Service's health check port where it keeps traffic on its node."""
    local = service["spec"].get("externalTrafficPolicy") == "Local"
    port = int(service["spec"].get("healthCheckNodePort") or 0) if local else 10256
    return {
        "protocol": "http",
        "port": port,
        "path": "/healthz",
        "checkIntervalSeconds": read.whole("healthcheck-check-interval-seconds", 3, 3, 300),
        "responseTimeoutSeconds": read.whole("healthcheck-response-timeout-seconds", 5, 3, 300),
        "unhealthyThreshold": read.whole("healthcheck-unhealthy-threshold", 3, 2, 10),
        "healthyThreshold": read.whole("healthcheck-healthy-threshold", 5, 2, 10),
    }


def _sticky_sessions(read: Annotations) -> Record:
    if read.one_of("sticky-sessions-type", "none", ("none", "cookies")) == "none":
        return {"type": "none"}
    if not read.text("sticky-sessions-cookie-name") or not read.text("sticky-sessions-cookie-ttl"):
        raise InvalidAnnotation("sticky session cookie name and TTL not specified, but required")
    return {
        "type": "cookies",
        "cookieName": read.text("sticky-sessions-cookie-name"),
        "cookieTtlSeconds": read.whole("sticky-sessions-cookie-ttl", 300, 1, 86400),
    }
