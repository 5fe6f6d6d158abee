"""Manifests at public addresses, which a sandbox with stand-in charts reads from its own folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from ...kube import Api
from ...kube.client import Object
from . import substitutions
from .handler import Problem

MANIFESTS_VARIABLE = "QUAYSIDE_SANDBOX_MANIFESTS"
_MARK = "quayside/stand-in"
_DEFINITION = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")


@dataclass(frozen=True)
class StandIn:
    """A file of the sandbox in the place of what an address holds."""

    what: str
    address: str
    file: Path

    def note(self, environment: Mapping[str, str] = os.environ) -> None:
        """Adds it to the sandbox's list."""
        substitutions.note("manifest", f"{self.what} of {self.address}", "the sandbox's stand-in manifest", environment)


def stand_in(address: str, environment: Mapping[str, str] = os.environ) -> StandIn | None:
    """What stands in for the address, where this sandbox uses stand-ins; raises Problem where nothing does."""
    folder = environment.get(MANIFESTS_VARIABLE)
    if not folder:
        return None
    listed = yaml.safe_load((Path(folder) / "index.yaml").read_text())
    for one in listed:
        if address == one["address"] or urlsplit(address).path.endswith(f"/{one['file']}"):
            return StandIn(one["what"], address, Path(folder) / one["file"])
    known = ", ".join(one["address"] for one in listed)
    raise Problem(
        f"there is no stand-in manifest for {address} in this sandbox (there is one for {known}): start it with --charts real to fetch it, "
        "or name a file by its path"
    )


def beside_real_ones(objects: list[Object], api: Api) -> list[Object]:
    """The objects; a stand-in's definition of a kind that the cluster has a real one of gets that one's fields."""
    return [_with_fields(entry, api) if _is_marked(entry) else entry for entry in objects]


def _with_fields(entry: Object, api: Api) -> Object:
    live = api.find(*_DEFINITION, entry["metadata"]["name"])
    if live is None or _is_marked(live):
        return entry
    annotations = {key: value for key, value in entry["metadata"]["annotations"].items() if key != _MARK}
    return {**entry, "metadata": {**entry["metadata"], "annotations": annotations}, "spec": live["spec"]}


def _is_marked(entry: Object) -> bool:
    return entry.get("kind") == _DEFINITION[1] and _MARK in (entry["metadata"].get("annotations") or {})
