"""What docker or a pull secret needs for a registry. It has no record: the API hands out a new token each time it is asked."""

from __future__ import annotations

import base64
import json
import secrets

from ..cloud import Refused
from ..resource import Resource
from ..store import Record
from ..table import Table, between, not_empty
from . import times
from .container_registry import HOST

_RESOURCE = "terraform-provider-digitalocean digitalocean/registry/resource_container_registry_docker_credentials.go"
FIFTY_YEARS = 1576800000


class DockerCredentials(Resource):
    table = Table(
        token="digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials",
        kind="containerRegistries",
        defaults={"write": False, "expirySeconds": FIFTY_YEARS},
        rules={"registryName": not_empty, "expirySeconds": between(0, FIFTY_YEARS)},
        immutable=frozenset({"registryName"}),
        secret=frozenset({"dockerCredentials"}),
        sources={
            "defaults": f"{_RESOURCE}: Default",
            "rules": f"{_RESOURCE}: ValidateFunc",
            "immutable": f"{_RESOURCE}: ForceNew",
            "secret": "pulumi_digitalocean ContainerRegistryDockerCredentials: additional_secret_outputs",
        },
    )
    path = "/v2/registries"
    noun = "docker credentials"

    def create(self, inputs: Record, timeout: float) -> Record:
        record = self.read(inputs["registryName"], inputs)
        if record is None:  # the official plugin ends without an id, which the engine reports as a failed creation
            refusal = self.cloud.refused("GET", f"{self.path}/{inputs['registryName']}", 404, "registry does not exist")
            raise Refused(f"docker credentials not found: {refusal}")
        return record

    def read(self, id: str, state: Record) -> Record | None:
        self.request("GET", f"{self.path}/{id}", "read")
        return {**state, "id": id, "registryName": id} if self.cloud.find("containerRegistries", id) else None

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        """New credentials for what changed; the old ones stay valid."""
        self.request("GET", f"{self.path}/{id}/docker-credentials", "update")
        return {**news, "id": id}

    def delete(self, id: str, state: Record, timeout: float) -> None:
        self.request("POST", "/v1/oauth/revoke", "delete")

    def outputs(self, record: Record, before: Record) -> Record:
        """Renewed by a read after they ended, and not before (updateExpiredDockerCredentials)."""
        seconds = int(record.get("expirySeconds") or FIFTY_YEARS)
        shown = {"write": False, **record, "expirySeconds": seconds}
        if not shown.get("dockerCredentials") or times.past(shown["credentialExpirationTime"]):
            shown |= {"dockerCredentials": self._fresh(), "credentialExpirationTime": times.later(seconds)}
        return shown

    def _fresh(self) -> str:
        token = f"dop_v1_{secrets.token_hex(32)}"
        login = base64.b64encode(f"{token}:{token}".encode()).decode()
        return json.dumps({"auths": {HOST: {"auth": login}}})
