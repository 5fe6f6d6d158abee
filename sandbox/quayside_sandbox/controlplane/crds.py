"""Loads a folder of CustomResourceDefinitions into a cluster."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from ..kube import Api, ApiError
from ..kube.client import Object

CRD = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
MANAGER = "quayside-sandbox"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """In C where it can be had: thirty megabytes of YAML take minutes otherwise."""


# A bare '=' (an enum's value in prometheus-operator's CRDs) has a type of its own in YAML 1.1, which PyYAML leaves without a meaning.
_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)


def load_crds(api: Api, directory: Path, timeout: float = 120.0) -> int:
    """Applies every CRD in the folder's YAML files, waits until all are Established and returns their number.

    Raises TimeoutError, naming the one that is not.
    """
    crds = [document for file in sorted(directory.glob("*.y*ml")) for document in read_crds(file)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda crd: _put(api, crd), crds))
    deadline = time.monotonic() + timeout
    for crd in crds:  # one by one: a list of them all would be many megabytes each time
        while not _established(api.get(*CRD, crd["metadata"]["name"])):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{crd['metadata']['name']} of {directory} is not established after {timeout:.0f} s")
            time.sleep(0.1)
    return len(crds)


def read_crds(file: Path) -> list[Object]:
    """The CRDs in one YAML file; other kinds in it are left out."""
    documents: list[Any] = list(yaml.load_all(file.read_text(), _Loader))
    return [document for document in documents if isinstance(document, dict) and document.get("kind") == CRD[1]]


def _put(api: Api, crd: Object) -> None:
    try:
        api.create(crd, field_manager=MANAGER)
    except ApiError as problem:
        if problem.reason != "AlreadyExists":
            raise
        api.apply(crd, field_manager=MANAGER, force=True)


def _established(crd: Object) -> bool:
    conditions = (crd.get("status") or {}).get("conditions") or []
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)
