"""DigitalOcean as its plugin (pulumi-digitalocean 4.84.1) sees it: settings, how it says no, what resource types there are."""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import ClassVar

from ..cloud import Cloud, Refused
from ..retries import Retries
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
    variables: ClassVar = MappingProxyType(
        {
            "token": ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"),
            "httpRetryMax": ("DIGITALOCEAN_HTTP_RETRY_MAX",),
            "httpRetryWaitMin": ("DIGITALOCEAN_HTTP_RETRY_WAIT_MIN",),
            "httpRetryWaitMax": ("DIGITALOCEAN_HTTP_RETRY_WAIT_MAX",),
        }
    )

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

    @property
    def retries(self) -> Retries:
        """godo.WithRetryAndBackoffs over hashicorp/go-retryablehttp, with the provider's defaults.

        terraform-provider-digitalocean digitalocean/provider.go: http_retry_max 4, http_retry_wait_min 1.0, http_retry_wait_max 30.0.
        go-retryablehttp 0.7 client.go: DefaultRetryPolicy repeats 429 and all from 500 on but 501; DefaultBackoff doubles, and obeys the
        Retry-After of 429 and 503, however long it is. A POST is repeated like any other request.
        """
        return Retries(
            most=int(float(self.settings.get("httpRetryMax", 4))),
            shortest=float(self.settings.get("httpRetryWaitMin", 1)),
            longest=float(self.settings.get("httpRetryWaitMax", 30)),
            also=frozenset({429}),
            never=frozenset({501}),
            obeys=lambda status, seconds: status in (429, 503),
        )

    def given_up(self, refusal: Refused, attempts: int) -> Refused:
        """godo, ErrorResponse.Error: the number of attempts, where its retry client made some; it makes none for http_retry_max 0."""
        return Refused(f"{refusal}; giving up after {attempts} attempt(s)", refusal.status) if self.retries.most else refusal
