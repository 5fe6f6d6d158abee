"""cert-manager's controller: issuers become ready, Ingresses get their Certificates, Certificates their Secrets.

Orders, challenges and requests are not made as objects: what they would wait for stands in the Certificate's own conditions and events.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterable, Sequence

import yaml

from ....kube import ApiError
from ....kube.client import Object
from ...certificates import Key
from ...events import event
from ...gateway_api import API as GATEWAY_API
from ...injectors.contract import available
from ...watched import Watched
from ..ingress_nginx import GROUP
from ..surroundings import Surroundings, arguments
from . import shim
from .certificates import API, ISSUERS, Certificates
from .conditions import condition, conditions
from .issuers import readiness
from .issuing import MARK

log = logging.getLogger(__name__)

KINDS = ("Certificate", *ISSUERS)
AGAIN = 3.0  # seconds until a certificate that cannot be issued is tried again; what it waits for is not all watched


class CertManager:
    """The cert-manager of one cluster."""

    def __init__(self, around: Surroundings) -> None:
        self.around, self.api = around, around.api
        self.deployments, self.ingresses = around.watch("apps/v1", "Deployment"), around.watch(GROUP, "Ingress")
        self._own: list[Watched] = []  # of kinds that come with cert-manager
        self._certificates = Certificates(around)
        self._said: set[tuple[str, str]] = set()  # about which Ingress (uid), what was wrong with it

    @property
    def watches(self) -> Sequence[Watched]:
        return [self.deployments, self.ingresses, *self._own]

    def reconcile(self) -> float | None:
        deployment = next((each for each in self.deployments.items() if is_controller(each) and available(each)), None)
        if deployment is None:
            return None
        if not self._own:
            if not {kind.kind for kind in self.api.kinds(API)} >= set(KINDS):
                return AGAIN  # without its definitions the real one ends and is started again
            self._own = [self.around.watch(API, kind) for kind in KINDS]
            self._own.append(self.around.watch("v1", "Secret", f"{MARK}=true"))
        certificates, issuers, cluster_issuers, secrets = self._own
        if not all(watched.synced.is_set() for watched in self._own):
            return 0.2
        namespace = deployment["metadata"]["namespace"]
        told = arguments(deployment["spec"]["template"], namespace)
        place = told.get("cluster-resource-namespace") or namespace
        self._certificates.gateways = self._uses_gateways(deployment, told)
        if self._certificates.gateways and not {kind.kind for kind in self.api.kinds(GATEWAY_API)} >= {"Gateway", "HTTPRoute"}:
            return AGAIN  # likewise
        self._certificates.look_again()
        waiting = [
            _each([*issuers.items(), *cluster_issuers.items()], lambda issuer: self._ready(issuer, place)),
            _each(self.ingresses.items(), lambda ingress: self._shim(ingress, certificates)),
            _each(certificates.items(), lambda certificate: self._certificates.certify(certificate, secrets, place)),
        ]
        return AGAIN if any(waiting) else None

    def _uses_gateways(self, deployment: Object, told: dict[str, str]) -> bool:
        """By its command line or, as the chart's value `config` has it, by the file in a ConfigMap that it mounts."""
        if told.get("enable-gateway-api") in ("", "true"):
            return True
        metadata, spec = deployment["metadata"], deployment["spec"]["template"]["spec"]
        if "config" not in told:
            return False
        names = [each["configMap"]["name"] for each in spec.get("volumes") or [] if each.get("configMap")]
        for name in names:
            data = (self.api.find("v1", "ConfigMap", name, metadata["namespace"]) or {}).get("data") or {}
            given = yaml.safe_load(data.get(told["config"].rpartition("/")[2]) or "{}")
            if isinstance(given, dict) and ((given.get("gatewayAPI") or {}).get("enabled") or given.get("enableGatewayAPI")):  # since 1.21
                return True
        return False

    # -- issuers ----------------------------------------------------------------------------------------------------------

    def _ready(self, issuer: Object, place: str) -> None:
        namespace = issuer["metadata"].get("namespace") or place
        found = readiness(issuer, lambda name: self.api.find("v1", "Secret", name, namespace))
        if found is None:
            return
        before, generation = condition(issuer, "Ready"), issuer["metadata"].get("generation", 1)
        told = (before.get("status") == "True", before.get("reason"), before.get("message"), before.get("observedGeneration"))
        if told == (found.ready, found.reason, found.message, generation):
            return
        if found.ready and "acme" in issuer["spec"]:
            self._keep_account(issuer, namespace)
        status = {**found.status, "conditions": conditions(issuer, Ready=(found.ready, found.reason, found.message))}
        metadata = issuer["metadata"]
        self.api.patch(
            API,
            issuer["kind"],
            metadata["name"],
            {"status": status},
            metadata.get("namespace"),
            subresource="status",
            field_manager="cert-manager-issuers",
        )
        event(self.api, issuer, "Normal" if found.ready else "Warning", found.reason, found.message, component="cert-manager-issuers")

    def _keep_account(self, issuer: Object, namespace: str) -> None:
        name = (issuer["spec"]["acme"].get("privateKeySecretRef") or {}).get("name")
        if name and self.api.find("v1", "Secret", name, namespace) is None:
            data = {"tls.key": base64.b64encode(Key.new().pem()).decode()}
            metadata = {"name": name, "namespace": namespace, "labels": {MARK: "true"}}
            self.api.create({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "data": data})

    # -- Ingresses --------------------------------------------------------------------------------------------------------

    def _shim(self, ingress: Object, certificates: Watched) -> None:
        wanted, problems = shim.certificates(ingress)
        for problem in problems:
            if (ingress["metadata"]["uid"], problem) not in self._said:
                self._said.add((ingress["metadata"]["uid"], problem))
                self._tell(ingress, "BadConfig", problem, "Warning")
        if shim.issuer_of(ingress) is None:
            return
        namespace = ingress["metadata"]["namespace"]
        names = {each["metadata"]["name"] for each in wanted}
        for certificate in wanted:
            there = certificates.get(certificate["metadata"]["name"], namespace)
            if there is None:
                self.api.create(certificate, field_manager="cert-manager-ingress-shim")
                self._tell(ingress, "CreateCertificate", f'Successfully created Certificate "{certificate["metadata"]["name"]}"')
            elif shim.owned_by(there, ingress) and not shim.agrees(there, certificate):
                self.api.replace({**there, "spec": certificate["spec"]}, field_manager="cert-manager-ingress-shim")
                self._tell(ingress, "UpdateCertificate", f'Successfully updated Certificate "{certificate["metadata"]["name"]}"')
        for there in certificates.items():
            metadata = there["metadata"]
            if metadata["name"] not in names and not metadata.get("deletionTimestamp") and shim.owned_by(there, ingress):
                self.api.delete(API, "Certificate", metadata["name"], metadata["namespace"])
                self._tell(ingress, "DeleteCertificate", f'Successfully deleted unrequired Certificate "{metadata["name"]}"')

    def _tell(self, ingress: Object, reason: str, message: str, kind: str = "Normal") -> None:
        event(self.api, ingress, kind, reason, message, component="cert-manager-ingress-shim")


def is_controller(deployment: Object) -> bool:
    labels = deployment["metadata"].get("labels") or {}
    return labels.get("app.kubernetes.io/name") == "cert-manager" and labels.get("app.kubernetes.io/component") == "controller"


def _each(things: Iterable[Object], act: Callable[[Object], bool | None]) -> bool:
    """Lets one that fails not stand in the way of others. True where something has to be tried again without any change."""
    again = False
    for thing in things:
        if thing["metadata"].get("deletionTimestamp"):
            continue
        try:
            again |= bool(act(thing))
        except ApiError as problem:
            if problem.code not in (404, 409):  # gone, or changed since it was seen: the watch will tell
                log.info("%s %s is tried again: %s", thing["kind"], thing["metadata"]["name"], problem)
                again = True
        except (LookupError, TypeError, ValueError, AttributeError) as problem:  # nobody checks custom resources of a stand-in chart
            log.warning("%s %s is not as its definition wants it: %r", thing["kind"], thing["metadata"]["name"], problem)
    return again
