"""A stack's state as `pulumi stack export` tells it: what was begun and not ended, and who may ask the clouds about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quayside.labels import owner_mark, owner_tag
from quayside.operations import programs
from quayside.operations.verb import Refused

SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which the engine marks a secret value (Go SDK, resource.SigKey)."""

RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Pending:
    """An operation that a run began and did not end."""

    doing: str
    """creating, updating, deleting, reading or importing."""
    urn: str
    inputs: Mapping[str, Any]
    """Of the resource, secrets in clear."""
    provider: str
    """URN of its provider."""
    replaced: str = ""
    """When what it is to replace was made; empty where it replaces nothing."""

    @property
    def type(self) -> str:
        """Type token of the resource."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The resource's name in Pulumi."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True)
class Exported:
    """The state of a stack."""

    document: dict[str, Any]
    """As it is kept, with ciphertexts."""
    shown: dict[str, Any]
    """The same with secrets in clear; never leaves this process but for the kubeconfig of a helm or kubectl that it starts."""

    @property
    def resources(self) -> list[dict[str, Any]]:
        """Secrets in clear."""
        return list(self.shown["deployment"].get("resources") or [])

    @cached_property
    def pending(self) -> list[Pending]:
        """What was not ended, each once: a run that went on after a kill may have begun the same again."""
        found: dict[tuple[str, str], Pending] = {}
        for each in self.shown["deployment"].get("pending_operations") or []:
            resource = each["resource"]
            provider = str(resource.get("provider") or "").rpartition("::")[0]
            inputs = clear(resource.get("inputs") or {})
            begun = Pending(each["type"], resource["urn"], inputs, provider, str(resource.get("created") or ""))
            found.setdefault((each["type"], resource["urn"]), begun)  # the engine puts what earlier runs began behind (backend/journal.go)
        return list(found.values())

    @property
    def owner(self) -> tuple[str, str]:
        """Project and stack, as every URN names them. Raises Refused where the state is empty."""
        known = [*self.resources, *({"urn": each.urn} for each in self.pending)]
        if not known:
            raise Refused("the state is empty: nothing was begun; if a cloud holds something of the stack, delete it there")
        stack, project = known[0]["urn"].removeprefix("urn:pulumi:").split("::")[:2]
        return project, stack

    @property
    def mark(self) -> str:
        """The owner mark of what the stack makes in a cluster."""
        return owner_mark(*self.owner)

    @property
    def tag(self) -> str:
        """The owner mark as clouds have it."""
        return owner_tag(*self.owner)

    def settings(self, provider: str) -> Mapping[str, Any]:
        """The inputs of a provider, secrets in clear; empty where it is not there. One that was replaced counts where it is the only one."""
        found = sorted((each for each in self.resources if each["urn"] == provider), key=lambda each: bool(each.get("delete")))
        return clear(found[0].get("inputs") or {}) if found else {}

    def providers(self, package: str) -> list[str]:
        """URNs of all providers of a package."""
        return [each["urn"] for each in self.resources if each["type"] == f"pulumi:providers:{package}"]


def read(stack: str) -> Exported:
    """Raises Refused."""
    words = ["pulumi", "stack", "export", "--non-interactive", "-s", stack]
    try:
        document, shown = json.loads(programs.run(words)), json.loads(programs.run([*words, "--show-secrets"]))
    except programs.Failed as problem:
        raise Refused(f"the state of stack {stack} cannot be read: {' '.join(str(problem).split())}") from None
    if not shown.get("deployment"):
        raise Refused(f"stack {stack} has no state yet: nothing was begun")
    return Exported(document, shown)


def type_of(urn: str) -> str:
    """The type token in urn:pulumi:stack::project::parent$type::name."""
    return urn.split("::")[2].rpartition("$")[2]


def clear(value: Any) -> Any:
    """A value with its secrets in clear, as `--show-secrets` has them."""
    if isinstance(value, dict):
        if SECRET in value:
            return clear(json.loads(value["plaintext"])) if "plaintext" in value else None
        return {key: clear(each) for key, each in value.items()}
    return [clear(each) for each in value] if isinstance(value, list) else value
