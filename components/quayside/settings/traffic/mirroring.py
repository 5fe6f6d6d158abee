"""Mirroring: a copy of the requests goes somewhere else, and what that answers is dropped."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.traffic.words import DIRECT
from quayside.settings.types import Name


def one_place(mirroring: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A copy goes to one place."""
    said = [key for key in ("service", "version") if mirroring.get(key) is not None]
    if len(said) != 1:
        yield "service", f"{'stands beside version' if said else 'is missing'}; write either service, or version: one that this service has"
    if mirroring.get("namespace") is not None and "service" not in said:
        yield "namespace", "says where a service is, and none is named; remove it, or write service"


class MirroringSettings(Model):
    """A copy of the requests goes to another service, or to a version of this one; what it answers is dropped.

    The copy does everything that a request does: what writes to the same database writes twice.
    """

    rules: ClassVar[tuple[Rule, ...]] = (one_place,)

    service: Name | None = None
    """The service that gets the copies."""
    namespace: Name | None = None
    """The namespace of that service, whole. Default: the one of this service."""
    port: Annotated[int, Field(ge=1, le=65535)] = 80
    """Port of that service. Default: 80."""
    version: Name | None = None
    """The version of this service that gets the copies, such as canary."""
    percent: Annotated[int, Field(ge=1, le=100)] = 100
    """Share of the requests that are copied, in percent. Default: 100."""


def refused(spec: MirroringSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane in ("gateway-api", "ambient") and spec.namespace is not None:
        wrong = "is another namespace, to which an HTTPRoute may lead only where that namespace has a ReferenceGrant for it"
        yield (
            "namespace",
            f"{wrong}; let both services share one (services.<name>.namespace), or write entry.kind: istio with mesh.mode: sidecar",
        )
    if plane == "ingress-nginx" and spec.percent < 100:
        yield "percent", "is not to be had from ingress-nginx, which copies all requests or none; write 100, or entry.kind: gateway-api"
    if plane == "kong":
        yield "", "is not to be had from Kong, whose open-source edition has no plugin for it; write entry.kind: gateway-api"
    if plane == "direct":
        yield "", DIRECT
