"""A project: a group of resources in the account."""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud, Refused
from ..paths import Path
from ..resource import Resource
from ..store import Record
from ..table import Table, length, one_of
from . import times

_RESOURCE = "terraform-provider-digitalocean digitalocean/project/resource_project.go"


class Project(Resource):
    table = Table(
        token="digitalocean:index/project:Project",
        kind="projects",
        autoname=True,
        defaults={"description": "", "purpose": "Web Application", "isDefault": False},
        rules={
            "name": length(1, 175),
            "description": length(0, 255),
            "purpose": length(0, 255),
            "environment": one_of("development", "staging", "production", ignore_case=True),
        },
        unordered=frozenset({"resources"}),
        unique=("name",),
        seconds={"create": 1200.0, "update": 1200.0, "delete": 180.0},
        sources={
            "autoname": "pulumi-digitalocean provider/resources.go: every `name` that is no exception",
            "defaults": f"{_RESOURCE}: Default",
            "rules": f"{_RESOURCE}: ValidateFunc",
            "unordered": f"{_RESOURCE}: TypeSet",
            "unique": "docs.digitalocean.com/reference/api Projects: 409 'name is already in use'",
            "seconds": f"{_RESOURCE}: DefaultTimeout(3 minutes)",
        },
    )
    path = "/v2/projects"
    noun = "Project"

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 409, "name is already in use")

    def server_set(self, inputs: Record) -> Record:
        owner = (self.cloud.list("accounts") or [{}])[0]
        environment = str(inputs.get("environment", "")).capitalize()
        owned = {"ownerId": owner.get("_number", 0), "ownerUuid": owner.get("uuid", "")}
        return {**owned, "environment": environment, "resources": inputs.get("resources", [])}

    def create(self, inputs: Record, timeout: float) -> Record:
        record = super().create(inputs, timeout)
        assign(self.cloud, record["id"], record["resources"])
        return self._default(record)

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        before = set((self.cloud.find(self.table.kind, id) or {}).get("resources", []))
        environment = str(news.get("environment", "")).capitalize()
        record = super().update(id, olds, {**news, "environment": environment, "_updatedAt": times.later(0)}, timeout)
        if "resources" in news:
            assign(self.cloud, id, news["resources"])
            give_back(self.cloud, sorted(before - set(news["resources"])))
        return self._default(self.cloud.store.get(self.cloud.name, self.table.kind, id) if record else record)

    def _default(self, record: Record) -> Record:
        """There is one default project: making this one it takes the mark from the other."""
        if record.get("isDefault"):
            for other in self.cloud.list(self.table.kind, isDefault=True):
                if other["id"] != record["id"]:
                    self.cloud.store.update(self.cloud.name, self.table.kind, other["id"], {"isDefault": False})
        return record

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """What is in it goes to the default project first (assignResourcesToDefaultProject)."""
        path = f"{self.path}/{id}"
        self.request("DELETE", path, "delete")
        record = self.cloud.find(self.table.kind, id)
        if record is None:
            return
        if record.get("isDefault"):
            refusal = self.cloud.refused("DELETE", path, 409, "cannot delete default project")
            raise Refused(f"Error deleting project ({id}): {refusal}")
        give_back(self.cloud, record.get("resources", []))
        self.cloud.store.delete(self.cloud.name, self.table.kind, id)

    def outputs(self, record: Record, before: Record) -> Record:
        updated = record.get("_updatedAt") or record["createdAt"]
        return {**super().outputs(record, before), "createdAt": times.rfc3339(record["createdAt"]), "updatedAt": times.rfc3339(updated)}

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        return path == ("environment",) and str(old).lower() == str(new or "").lower()


def assign(cloud: Cloud, project: str, urns: list[str]) -> None:
    """Puts resources into a project, and with that takes them out of all others. Raises Missing."""
    if not urns:
        return
    for other in cloud.list("projects"):
        kept = [urn for urn in other.get("resources", []) if urn not in urns]
        if other["id"] == project:
            kept += urns
        if kept != other.get("resources", []):
            cloud.store.update(cloud.name, "projects", other["id"], {"resources": kept})


def give_back(cloud: Cloud, urns: list[str]) -> None:
    """Puts resources into the default project."""
    default = next(iter(cloud.list("projects", isDefault=True)), None)
    if default:
        assign(cloud, default["id"], urns)
