"""The summary's next commands, as they work where the command was started."""

import sys
from pathlib import Path

import pytest

from quayside_sandbox.summary import following


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The installed program, in a virtual environment of a project."""
    file = tmp_path / ".venv" / "bin" / "quayside-sandbox"
    file.parent.mkdir(parents=True)
    file.touch(mode=0o755)
    return file


def test_by_name_where_path_leads_to_it(script: Path, tmp_path: Path) -> None:
    assert following.own_command([str(script)], sys.executable, str(script.parent), tmp_path) == "quayside-sandbox"


def test_by_its_file_where_path_does_not(script: Path, tmp_path: Path) -> None:
    assert following.own_command([str(script)], sys.executable, "", tmp_path) == ".venv/bin/quayside-sandbox"
    assert following.own_command([".venv/bin/quayside-sandbox"], sys.executable, "", tmp_path) == ".venv/bin/quayside-sandbox"
    assert following.own_command([str(script)], sys.executable, "", tmp_path / "elsewhere") == str(script)


def test_another_one_on_path_is_not_meant(script: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "quayside-sandbox"
    other.parent.mkdir()
    other.touch(mode=0o755)
    assert following.own_command([str(script)], sys.executable, str(other.parent), tmp_path) == ".venv/bin/quayside-sandbox"


def test_as_a_module(script: Path, tmp_path: Path) -> None:
    python = script.with_name("python")
    python.touch(mode=0o755)
    module = ["/somewhere/quayside_sandbox/__main__.py"]
    assert following.own_command(module, str(python), "", tmp_path) == ".venv/bin/python -m quayside_sandbox"
    assert following.own_command(module, str(python), str(python.parent), tmp_path) == "python -m quayside_sandbox"


@pytest.mark.parametrize(
    ("environment", "makefile", "command"),
    [
        ({"MAKELEVEL": "1"}, "up:\n\ndown: environment ## stop\n", "make down"),
        ({"MAKELEVEL": "1"}, "up:\n", "quayside-sandbox down"),
        ({"MAKELEVEL": "1"}, None, "quayside-sandbox down"),
        ({}, "down:\n", "quayside-sandbox down"),
    ],
)
def test_down_by_make_only_where_make_started_it(environment: dict[str, str], makefile: str | None, command: str, tmp_path: Path) -> None:
    if makefile is not None:
        (tmp_path / "Makefile").write_text(makefile)
    assert following.down("quayside-sandbox", environment, tmp_path) == command


def test_the_shell_is_prepared_for_the_stack() -> None:
    assert ' env prod)"' in following.next_commands("prod")[0][0]
    assert ' env)"' in following.next_commands("dev")[0][0]
