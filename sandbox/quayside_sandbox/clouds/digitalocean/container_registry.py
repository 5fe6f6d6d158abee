"""A container registry: its id is its name, which is unique among all of DigitalOcean's customers."""

from __future__ import annotations

from ..cloud import Refused
from ..resource import Resource
from ..store import Record
from ..table import Table, not_empty, one_of
from . import times

_RESOURCE = "terraform-provider-digitalocean digitalocean/registry/resource_container_registry.go"
HOST = "registry.digitalocean.com"


class ContainerRegistry(Resource):
    table = Table(
        token="digitalocean:index/containerRegistry:ContainerRegistry",
        kind="containerRegistries",
        required=frozenset({"name"}),
        rules={"name": not_empty, "region": not_empty, "subscriptionTierSlug": one_of("starter", "basic", "professional")},
        immutable=frozenset({"name", "region"}),
        unique=("name",),
        sources={
            "required": f"{_RESOURCE}: name Required; not named automatically (pulumi-facts §4)",
            "rules": f"{_RESOURCE}: ValidateFunc",
            "immutable": f"{_RESOURCE}: ForceNew",
            "unique": "nebari#265: POST /v2/registry: 409 name already exists",
        },
    )
    path = "/v2/registry"
    noun = "container registry"

    def new_id(self, inputs: Record) -> str:
        return str(inputs["name"])

    def verify(self, inputs: Record, before: Record | None) -> None:
        """One registry an account; ten with the professional tier (docs.digitalocean.com/products/container-registry/details/limits)."""
        if before:
            return
        others = self.cloud.list(self.table.kind)
        most = 10 if inputs["subscriptionTierSlug"] == "professional" else 1
        if len(others) >= most:
            raise self.cloud.refused("POST", self.path, 422, "user already has a registry")

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 409, "name already exists")

    def server_set(self, inputs: Record) -> Record:
        return {"region": inputs.get("region", "nyc3"), "storageUsageBytes": 0}

    def outputs(self, record: Record, before: Record) -> Record:
        where = {"endpoint": f"{HOST}/{record['name']}", "serverUrl": HOST}
        return {**super().outputs(record, before), **where, "createdAt": times.go(record["createdAt"])}
