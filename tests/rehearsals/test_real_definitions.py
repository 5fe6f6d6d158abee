"""With `--crds`, custom resources are held against the real definitions, and a stack comes up beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quayside_sandbox.folder import Folder
from quayside_sandbox.kube import ApiError
from quayside_sandbox.places import IGNORED, cache_folder
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Choices, Sandbox

from .conftest import ROOT, Project

ISSUER = {"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": {"name": "right"}}


@pytest.fixture
def with_definitions(shared_data: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox whose clusters get cert-manager's real definitions."""
    folder = tmp_path / "crds"
    folder.mkdir()
    (folder / "cert-manager.yaml").symlink_to(shared_data / "crds" / "cert-manager.yaml")
    one = Sandbox(Folder(ROOT / IGNORED / "rehearsals" / "real-definitions"))
    one.stop()
    one.start(Choices(crds=folder), cache=cache_folder(ROOT))
    yield one
    one.stop()


def test_stack_dev_beside_the_real_definitions(with_definitions: Sandbox, project: Project) -> None:
    dev = Rehearsal(with_definitions, project.folder, "dev")
    dev.up().check()
    assert dev.preview().check().changed == []
    api = dev.api()
    definition = api.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", "clusterissuers.cert-manager.io")
    (version,) = [version for version in definition["spec"]["versions"] if version["name"] == "v1"]
    assert "acme" in version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"], (
        "the real definition, not the stand-in chart's"
    )
    api.create({**ISSUER, "spec": {"selfSigned": {}}}, strict=True)
    with pytest.raises(ApiError, match="unknown field"):
        api.create({**ISSUER, "metadata": {"name": "wrong"}, "spec": {"selfSignd": {}}}, strict=True)
    dev.destroy().check()


def test_the_makefiles_user_is_told_that_nothing_was_checked(rehearsal: Callable[..., Rehearsal], project: Project) -> None:
    """Without the option the summary says so."""
    from io import StringIO

    from rich.console import Console

    from quayside_sandbox import summary

    dev = rehearsal(project.folder, "dev")
    written = StringIO()
    summary.show(dev.sandbox, "dev", Console(file=written, width=200))
    assert "custom resources are not checked against the real ones" in written.getvalue()
