"""What belongs to a project, kept apart from the project itself (never both ways at once for one project)."""

from __future__ import annotations

from ..cloud import Refused
from ..resource import Resource
from ..store import Record
from ..table import Table, not_empty
from . import project

_RESOURCE = "terraform-provider-digitalocean digitalocean/project/resource_project_resources.go"


class ProjectResources(Resource):
    """Has no record of its own: it is a part of its project's."""

    table = Table(
        token="digitalocean:index/projectResources:ProjectResources",
        kind="projects",
        rules={"project": not_empty},
        immutable=frozenset({"project"}),
        unordered=frozenset({"resources"}),
        references={"project": "projects"},
        sources={
            "rules": f"{_RESOURCE}: NoZeroValues",
            "immutable": f"{_RESOURCE}: ForceNew",
            "unordered": f"{_RESOURCE}: TypeSet",
            "references": f"{_RESOURCE}: GET /v2/projects/<id> before anything is assigned",
        },
    )
    path = "/v2/projects"
    noun = "project resources"

    def create(self, inputs: Record, timeout: float) -> Record:
        path = f"{self.path}/{inputs['project']}/resources"
        self.request("POST", path, "create")
        with self.cloud.alone():
            self.references("POST", path, inputs)
            self._verify_urns(path, inputs["resources"])
            project.assign(self.cloud, inputs["project"], inputs["resources"])
        return self._record(inputs["project"], inputs["resources"])

    def _verify_urns(self, path: str, urns: list[str]) -> None:
        for urn in urns:
            if len(urn.split(":")) != 3 or not urn.startswith("do:"):
                raise self.cloud.refused("POST", path, 400, f"invalid resource URN {urn}: write do:<type>:<id>, e.g. the clusterUrn output")

    def read(self, id: str, state: Record) -> Record | None:
        self.request("GET", f"{self.path}/{id}/resources", "read")
        record = self.cloud.find("projects", id)
        if record is None:
            return None
        wanted = state.get("resources")
        found = [urn for urn in record.get("resources", []) if wanted is None or urn in wanted]
        return self._record(id, found)

    def update(self, id: str, olds: Record, news: Record, timeout: float) -> Record:
        path = f"{self.path}/{id}/resources"
        self.request("POST", path, "update")
        with self.cloud.alone():
            self.references("POST", path, news)
            self._verify_urns(path, news["resources"])
            project.give_back(self.cloud, [urn for urn in olds.get("resources", []) if urn not in news["resources"]])
            project.assign(self.cloud, id, news["resources"])
        return self._record(id, news["resources"])

    def delete(self, id: str, state: Record, timeout: float) -> None:
        self.request("POST", f"{self.path}/{id}/resources", "delete")
        if self.cloud.find("projects", id):
            project.give_back(self.cloud, list(state.get("resources", [])))

    def missing_reference(self, method: str, path: str, name: str, kind: str, id: str) -> Refused:
        return Refused(f"project ({id}) does not exist")

    def _record(self, id: str, urns: list[str]) -> Record:
        return {"id": id, "project": id, "resources": urns}
