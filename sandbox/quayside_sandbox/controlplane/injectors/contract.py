"""What an injector is: when it works, and on which objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...kube.client import Object


@dataclass(frozen=True)
class Injector:
    """`works` says of a Deployment or Job whether the injector runs there; `concerns` of a webhook configuration, CRD or APIService
    (metadata, and webhooks where it has them) whether it is the injector's to fill."""

    works: Callable[[Object], bool]
    concerns: Callable[[Object], bool]
    manager: str
    """Under which name the API server knows its changes."""
    closes: bool = False
    """Whether it also sets failurePolicy Fail on validating webhooks, once it can answer them."""


def available(deployment: Object) -> bool:
    conditions = (deployment.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Available" and each["status"] == "True" for each in conditions)


def complete(job: Object) -> bool:
    return bool((job.get("status") or {}).get("succeeded"))


def services(configuration: Object) -> list[str]:
    """The names of the Services that a webhook configuration leads to."""
    return [((webhook.get("clientConfig") or {}).get("service") or {}).get("name", "") for webhook in configuration.get("webhooks") or []]
