"""A real stack's exported state as a rehearsal takes it: checked whole, and without its secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..clouds import index
from ..plugins.values import SECRET, SIGNATURE
from .origin import NotStarted, StackIsNew

Resource = dict[str, Any]
STACK = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"
SEALED = {SIGNATURE: SECRET}
"""What is left of a secret value."""

_VERSIONS = (3, 4)  # of deployments that the engine writes (sdk/go/common/apitype/core.go); 4 names features that they use
_HOW = "make one with 'pulumi stack export --stack {stack} --file state.json'"
# What the engine serves itself, besides providers.
_BUILT_IN = ("pulumi:index:Stash",)


def read_export(file: Path, project: str, stack: str) -> list[Resource]:
    """The state's resources in the order of their making, secrets taken out. Raises NotStarted or StackIsNew."""
    how = _HOW.format(stack=stack)
    try:
        content = json.loads(file.read_text())
    except OSError as problem:
        raise NotStarted(f"{file} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise NotStarted(f"{file} is no JSON, so it is no export of a stack, or an encrypted one: decrypt it first, or {how}") from problem
    if isinstance(content, dict) and {"sops", "ciphertext"} & content.keys():
        raise NotStarted(f"{file} is encrypted: decrypt it first, or {how}")
    deployment = content.get("deployment") if isinstance(content, dict) else None
    if not isinstance(deployment, dict) or content.get("version") not in _VERSIONS:
        raise NotStarted(f"{file} is no export of a stack that this engine's version can read: {how}")
    resources = deployment.get("resources") or []
    if not isinstance(resources, list) or not all(_whole(one) for one in resources):
        raise NotStarted(f"{file} lists resources without urn or type: {how}")
    if not any(one["type"] != STACK for one in resources):
        raise StackIsNew(f"{file} holds no resources: the stack is new, and there is nothing to compare with")
    _same(resources, project, stack, file)
    # What waits for its deletion or lies inside another resource is not what the program registered.
    sealed: list[Resource] = [seal(one) for one in resources if not one.get("delete") and not one.get("viewOf")]
    return sealed


def seal(value: Any) -> Any:
    """The value without what its secrets hold, encrypted or (`--show-secrets`) plain."""
    if isinstance(value, dict):
        return dict(SEALED) if value.get(SIGNATURE) == SECRET else {key: seal(item) for key, item in value.items()}
    return [seal(item) for item in value] if isinstance(value, list) else value


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def is_default_provider(resource: Resource) -> bool:
    """Whether the engine makes this provider itself (pulumi/pkg resource/deploy/providers: 'default', 'default_4_84_1')."""
    return resource["type"].startswith(PROVIDERS) and name_of(resource).startswith("default")


def name_of(resource: Resource) -> str:
    return str(resource["urn"].split("::", 3)[3])


def title(resource: Resource) -> str:
    return f"{resource['type']}::{name_of(resource)}"


def not_simulated(resources: list[Resource]) -> list[str]:
    """The types that the sandbox has nothing for, each once."""
    return sorted({one["type"] for one in resources if one.get("custom") and not _simulated(one["type"])})


def _simulated(type: str) -> bool:
    package = type.removeprefix(PROVIDERS).partition(":")[0]
    if type.startswith(PROVIDERS):
        return package in ("kubernetes", "pulumi") or package in index.CLOUDS
    if package in index.CLOUDS:
        return type in index.load(package).resources
    return package == "kubernetes" or type in _BUILT_IN


def _whole(resource: Any) -> bool:
    if not isinstance(resource, dict) or not isinstance(resource.get("type"), str):
        return False
    return isinstance(resource.get("urn"), str) and resource["urn"].count("::") >= 3


def _same(resources: list[Resource], project: str, stack: str, file: Path) -> None:
    """Raises NotStarted where the state is another stack's."""
    prefix, its_project, *_ = resources[0]["urn"].split("::")
    its_stack = prefix.removeprefix("urn:pulumi:")
    if its_project != project:
        raise NotStarted(
            f"{file} is of the project {its_project!r}, and this one is {project!r}: to Pulumi these are different resources. "
            "Export a stack of this project, or move the state over first ('pulumi stack rename' takes a project's name too)"
        )
    if its_stack != stack:
        raise NotStarted(f"{file} is of the stack {its_stack!r}: rehearse that one (STACK={its_stack}), or export {stack!r}")
