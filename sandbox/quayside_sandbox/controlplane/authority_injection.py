"""Writes the certificate authority where an injector (injectors/) would have written its own: webhooks are called over TLS."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from ..kube import Api, ApiError
from ..kube.client import Object
from .injectors import INJECTORS, Injector
from .watched import Watched

REGISTRATION = "admissionregistration.k8s.io/v1"
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
CRD_PERIOD = 3.0  # seconds between looks at CRDs and APIServices, while an injector works


class AuthorityInjection:
    """For one cluster; `authority` is PEM."""

    def __init__(self, api: Api, authority: bytes, workloads: Sequence[Watched], configurations: Sequence[Watched]) -> None:
        self.api, self.workloads, self.configurations = api, workloads, configurations
        self.bundle = base64.b64encode(authority).decode()

    @property
    def watches(self) -> Sequence[Watched]:
        return [*self.workloads, *self.configurations]

    def reconcile(self) -> float | None:
        everything = [{"kind": watched.kind, **item} for watched in self.workloads for item in watched.items()]
        working = [injector for injector in INJECTORS if any(injector.works(workload) for workload in everything)]
        if not working:
            return None
        for watched in self.configurations:
            for configuration in watched.items():
                if injector := _concerned(working, configuration):
                    self._fill(watched, configuration, injector)
        self._fill_metadata(
            "apiextensions.k8s.io/v1", "CustomResourceDefinition", working, ("spec", "conversion", "webhook", "clientConfig")
        )
        self._fill_metadata("apiregistration.k8s.io/v1", "APIService", working, ("spec",))
        return CRD_PERIOD

    def _fill(self, watched: Watched, configuration: Object, injector: Injector) -> None:
        steps = []
        for index, webhook in enumerate(configuration.get("webhooks") or []):
            if not webhook["clientConfig"].get("service"):
                continue
            if webhook["clientConfig"].get("caBundle") != self.bundle:
                steps.append({"op": "add", "path": f"/webhooks/{index}/clientConfig/caBundle", "value": self.bundle})
            if injector.closes and watched.kind == "ValidatingWebhookConfiguration" and webhook.get("failurePolicy") != "Fail":
                steps.append({"op": "add", "path": f"/webhooks/{index}/failurePolicy", "value": "Fail"})
        if steps:
            guard = {"op": "test", "path": "/metadata/resourceVersion", "value": configuration["metadata"]["resourceVersion"]}
            self._patch(watched.api_version, watched.kind, configuration["metadata"]["name"], [guard, *steps], "json", injector)

    def _fill_metadata(self, api_version: str, kind: str, working: Sequence[Injector], place: tuple[str, ...]) -> None:
        """Of kinds whose objects are large or many, only the metadata are read."""
        answer = self.api.http.get(self.api.kind(api_version, kind).path(), headers={"Accept": METADATA_ONLY})
        for item in answer.json().get("items") or []:
            injector = _concerned(working, item)
            if injector is None:
                continue
            found: Any = self.api.find(api_version, kind, item["metadata"]["name"])
            for part in place:
                found = (found or {}).get(part)
            if found and found.get("service") and found.get("caBundle") != self.bundle:
                change: Any = {"caBundle": self.bundle}
                for part in reversed(place):
                    change = {part: change}
                self._patch(api_version, kind, item["metadata"]["name"], change, "merge", injector)

    def _patch(self, api_version: str, kind: str, name: str, body: Any, how: str, injector: Injector) -> None:
        try:
            self.api.patch(api_version, kind, name, body, how=how, field_manager=injector.manager)
        except ApiError as problem:
            if problem.code not in (404, 409, 422):  # gone, or changed since it was seen: the watch will tell
                raise


def _concerned(working: Sequence[Injector], target: Object) -> Injector | None:
    return next((injector for injector in working if injector.concerns(target)), None)
