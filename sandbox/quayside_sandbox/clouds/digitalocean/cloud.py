"""DigitalOcean as its plugin (pulumi-digitalocean 4.84.1) sees it: settings, how it says no, what resource types there are."""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import ClassVar

from ..cloud import Cloud, Refused
from . import lookups
from .cluster import KubernetesCluster
from .container_registry import ContainerRegistry
from .dns_record import DnsRecord
from .docker_credentials import DockerCredentials
from .domain import Domain
from .load_balancer import LoadBalancer
from .node_pool import KubernetesNodePool
from .project import Project
from .project_resources import ProjectResources
from .vpc import Vpc

API = "https://api.digitalocean.com"

RESOURCES = (
    Vpc,
    KubernetesCluster,
    KubernetesNodePool,
    LoadBalancer,
    Project,
    ProjectResources,
    ContainerRegistry,
    DockerCredentials,
    Domain,
    DnsRecord,
)


class DigitalOcean(Cloud):
    """Errors read as godo's: `POST https://…: 422 (request "…") message` (godo, ErrorResponse.Error)."""

    name = "digitalocean"
    package = "pulumi_digitalocean"
    resources = MappingProxyType({one.table.token: one for one in RESOURCES})
    functions = lookups.FUNCTIONS
    variables: ClassVar = MappingProxyType({"token": ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN")})

    def refused(self, method: str, path: str, status: int, message: str, code: int = 0) -> Refused:
        return Refused(f'{method} {API}{path}: {status} (request "{uuid.uuid4()}") {message}', status)

    def failure(self, doing: str, noun: str, refusal: Refused) -> str:
        """As the Terraform bridge shows a diagnostic (pulumi-digitalocean#406)."""
        text = str(refusal)
        if doing and not text.startswith(("Error ", "Unable ")):
            text = f"Error {doing} {noun}: {text}"
        return f"1 error occurred:\n\t* {text}\n\n"

    def authenticate(self, method: str, path: str) -> None:
        if not self.settings.get("token"):
            raise self.refused(method, path, 401, "Unable to authenticate you")

    def request(self, method: str, path: str, operation: str) -> None:
        """The official plugin repeats what was answered with 429 or 5xx itself (godo's retry client: 4 times, 1 s doubling up to 30 s)."""
        most = int(self.settings.get("httpRetryMax") or 4)
        shortest, longest = float(self.settings.get("httpRetryWaitMin") or 1), float(self.settings.get("httpRetryWaitMax") or 30)
        for attempt in range(1, most + 2):
            try:
                super().request(method, path, operation)
            except Refused as refusal:
                if refusal.status != 429 and refusal.status < 500:
                    raise
                if attempt > most:
                    raise Refused(f"{refusal}; giving up after {attempt} attempt(s)", refusal.status) from None
            else:
                return
            if self.ended.wait(min(shortest * 2 ** (attempt - 1), longest)):
                raise Refused("interrupted")
