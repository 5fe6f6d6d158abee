"""Fixtures for tests that rehearse: `sandbox` (one for each module) and `rehearsal` (a program and a stack in it).

    def test_it_comes_up(rehearsal):
        dev = rehearsal(Path(__file__).parent / "program", "dev")
        dev.up().check()
        assert dev.preview().check().changed == []

A module that sets `SANDBOX = Choices(crds=…)` starts its sandbox with these choices. `--official kubernetes` runs the same tests on the
official plugin. What fails is kept below .quayside/rehearsals; what passes is removed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .rehearsal import Rehearsal
    from .sandbox import Sandbox

RehearsalFactory = Callable[..., "Rehearsal"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("quayside sandbox")
    group.addoption("--official", action="append", default=[], metavar="PACKAGE", help="use the official plugin of this package")
    group.addoption("--keep-sandbox", action="store_true", help="leave each sandbox running after its tests, to look around")


@pytest.fixture(scope="module")
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A fresh sandbox for the tests of one module."""
    from dataclasses import replace

    from .folder import Folder
    from .places import IGNORED, cache_folder
    from .sandbox import Choices, Sandbox

    config = request.config
    choices: Choices = getattr(request.module, "SANDBOX", Choices())
    choices = replace(choices, official=[*choices.official, *config.getoption("--official")])
    name = re.sub(r"\W+", "-", request.node.nodeid.removesuffix(".py")).strip("-")
    root = config.rootpath / IGNORED / "rehearsals" / name
    one = Sandbox(Folder(root))
    one.stop()
    failed_before = request.session.testsfailed
    one.start(choices, cache=cache_folder(config.rootpath))
    try:
        yield one
    finally:
        if not config.getoption("--keep-sandbox"):
            if request.session.testsfailed > failed_before:
                kept = root.with_name(f"{name}.failed")
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(root / "logs", kept, dirs_exist_ok=True)
            one.stop()


@pytest.fixture
def rehearsal(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[RehearsalFactory]:
    """Makes Rehearsals: `rehearsal(program_folder, "dev", variables={…})`; what is left of each at the test's end is destroyed."""
    from .rehearsal import Rehearsal

    made: list[Rehearsal] = []

    def make(project: Path, stack: str = "dev", **options: Any) -> Rehearsal:
        one = Rehearsal(sandbox, project, stack, **options)
        made.append(one)
        return one

    yield make
    if not request.config.getoption("--keep-sandbox"):
        for one in reversed(made):
            if one.has_resources():
                one.destroy()
