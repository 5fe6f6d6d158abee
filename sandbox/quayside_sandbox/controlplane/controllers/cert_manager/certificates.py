"""Certificates: whether one is needed, who signs it, what stands in the way, and what its status says."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from ....clouds.world_dns import zones
from ....kube.client import Object
from ...certificates import Authority, Key
from ...doors import Door, doors
from ...events import event
from ...gateway_api import Resources
from ...istio_api import Configuration
from ...watched import Watched
from ..ingress_nginx import GROUP
from ..surroundings import Surroundings
from .challenges import World, obstacle
from .conditions import condition, conditions
from .issuing import issue, need, times

API = "cert-manager.io/v1"
ISSUERS = ("Issuer", "ClusterIssuer")
MANAGER = "cert-manager-certificates-issuing"
ISSUED = (True, "Ready", "Certificate is up to date and has not expired")


class Certificates:
    """All Certificates of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.around, self.api = around, around.api
        self._authorities: dict[str, Authority] = {}
        self.gateways = False
        """Whether cert-manager was told to use the Gateway API."""
        self._seen: _Seen | None = None

    def look_again(self) -> None:
        """What was read of the cluster for challenges is read anew."""
        self._seen = None

    def certify(self, certificate: Object, secrets: Watched, place: str) -> bool:
        """Issues where it is needed; True where that has to be tried again later."""
        name, namespace = certificate["spec"]["secretName"], certificate["metadata"]["namespace"]
        seen = secrets.get(name, namespace)
        if seen and not need(certificate, seen):
            if not _is_told(certificate, ISSUED):
                self._tell_issued(certificate, seen)
            return False
        because = need(certificate, self.api.find("v1", "Secret", name, namespace))  # the watch may be behind
        if not because:
            return False
        issuer, why = self._issuer(certificate)
        if issuer:
            why = self._obstacle(certificate, issuer, place)
        if issuer is None or why:
            told = (False, because[0], f"{because[1]}: {why}")
            if not _is_told(certificate, told):
                self._write(certificate, {"conditions": conditions(certificate, Ready=told, Issuing=(True, *told[1:]))})
                self._event(certificate, "Warning", "Failed", why)
            return True
        secret = issue(certificate, self._authority(issuer, issuer["metadata"].get("namespace") or place))
        self.api.apply(secret, field_manager=MANAGER, force=True)
        self._tell_issued(certificate, secret, 1)
        self._event(certificate, "Normal", "Issuing", because[1])
        self._event(certificate, "Normal", "Issuing", "The certificate has been successfully issued")
        return False

    def _tell_issued(self, certificate: Object, secret: Object, more: int = 0) -> None:
        revision = int((certificate.get("status") or {}).get("revision") or 0) + more
        status = {**times(certificate, secret), "revision": max(1, revision)}
        self._write(certificate, {**status, "conditions": conditions(certificate, Ready=ISSUED, Issuing=None)})

    def _issuer(self, certificate: Object) -> tuple[Object | None, str]:
        """The issuer, or why it cannot be asked."""
        reference = certificate["spec"]["issuerRef"]
        kind, name = reference.get("kind") or "Issuer", reference["name"]
        if reference.get("group", "cert-manager.io") != "cert-manager.io" or kind not in ISSUERS:
            return None, f"issuers of kind {kind} in {reference.get('group')} are not simulated"
        issuer = self.api.find(API, kind, name, certificate["metadata"]["namespace"])
        if issuer is None:
            return None, f'Referenced "{kind}" not found: {kind.lower()}.cert-manager.io "{name}" not found'
        if condition(issuer, "Ready").get("status") != "True":
            why = condition(issuer, "Ready").get("message") or "its kind is not simulated"
            return None, f"Referenced {kind} {name} is not ready: {why}"
        return issuer, ""

    def _obstacle(self, certificate: Object, issuer: Object, place: str) -> str:
        """What an ACME authority would find in the way; others ask for nothing."""
        if "acme" not in issuer["spec"]:
            return ""
        namespace = issuer["metadata"].get("namespace") or place
        seen = self._seen = self._seen or _Seen(self.around)
        world = World(
            zones(self.around.store),
            seen.doors,
            self._ingress_class,
            lambda name: self.api.find("v1", "Secret", name, namespace),
            (lambda: seen.resources) if self.gateways else None,
            seen.istio,
        )
        names = certificate["spec"].get("dnsNames") or [certificate["spec"].get("commonName", "")]
        solvers = issuer["spec"]["acme"].get("solvers") or []
        return next(filter(None, (obstacle(solvers, name, certificate, world) for name in names)), "")

    def _ingress_class(self, name: str | None) -> Object | None:
        """The IngressClass of this name, or the default one."""
        if name:
            return self.api.find(GROUP, "IngressClass", name)
        default = "ingressclass.kubernetes.io/is-default-class"
        classes = self.api.list(GROUP, "IngressClass")
        return next((each for each in classes if (each["metadata"].get("annotations") or {}).get(default) == "true"), None)

    def _authority(self, issuer: Object, namespace: str) -> Authority | None:
        spec = issuer["spec"]
        if "selfSigned" in spec:
            return None
        if "ca" in spec:
            data = self.api.get("v1", "Secret", spec["ca"]["secretName"], namespace)["data"]
            certificate = base64.b64decode(data["tls.crt"])
            subject = x509.load_pem_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            name = str(subject[0].value) if subject else ""
            return Authority(name, Key.parse(base64.b64decode(data["tls.key"])), certificate)
        server = spec["acme"]["server"]
        if server not in self._authorities:
            self._authorities[server] = Authority.new(f"sandbox, for {server.split('/')[2]}")
        return self._authorities[server]

    def _write(self, certificate: Object, status: dict[str, Any]) -> None:
        name, namespace = certificate["metadata"]["name"], certificate["metadata"]["namespace"]
        self.api.patch(API, "Certificate", name, {"status": status}, namespace, subresource="status", field_manager=MANAGER)

    def _event(self, certificate: Object, kind: str, reason: str, message: str) -> None:
        event(self.api, certificate, kind, reason, message, component=MANAGER)


class _Seen:
    """What challenges meet in the cluster, read when the first one asks."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._istio: dict[str, Configuration] = {}

    def istio(self, revision: str) -> Configuration:
        if revision not in self._istio:
            self._istio[revision] = Configuration.read(self.around.api, revision)
        return self._istio[revision]

    @cached_property
    def doors(self) -> dict[str, Door]:
        api = self.around.api
        return doors(self.around.load_balancers, lambda name, namespace: api.find("v1", "Service", name, namespace), api.list("v1", "Pod"))

    @cached_property
    def resources(self) -> Resources:
        return Resources.read(self.around.api)


def _is_told(certificate: Object, ready: tuple[bool, str, str]) -> bool:
    found = condition(certificate, "Ready")
    same = (found.get("status") == "True", found.get("reason"), found.get("message")) == ready
    return same and found.get("observedGeneration") == certificate["metadata"].get("generation", 1)
