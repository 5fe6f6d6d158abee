"""A short random walk of edits, from a fixed seed (`make soak` takes many and longer ones), and `quayside check` at its end.

The tests tell one life of stack dev, in this order.
"""

from __future__ import annotations

import pytest

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox
from soak.walking import Walk

from .conftest import Project

SEED = 9  # among them a service that shares its own namespace
EDITS = 3


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    project = Project(tmp_path_factory.mktemp("project"))
    return Walk(project, Rehearsal(sandbox, project.folder, "dev"))


def test_after_each_edit_nothing_is_left_to_do_and_nothing_belongs_to_nobody(dev: Walk) -> None:
    dev.go(SEED, EDITS)


def test_the_librarys_checks_see_what_was_broken(dev: Walk) -> None:
    name, told = sorted(dev.rehearsal.outputs()["services"].items())[0]
    home = told["namespace"]
    dev.api.delete("v1", "Service", name, home)
    dev.api.delete("v1", "ServiceAccount", name, home)
    found = dev.findings("--wait", "0")
    assert f"Service {home}/{name} is missing; " in found
    assert f"Deployment {home}/{name} needs ServiceAccount {name}" in found


def test_destroy_leaves_nothing(dev: Walk) -> None:
    dev.end()
