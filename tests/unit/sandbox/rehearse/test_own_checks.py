"""The project's own checks as a command: what it reads, and what its lines and its exit status mean."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from quayside_sandbox.rehearse.own_checks import judge, run

PYTHON = sys.executable


@pytest.mark.parametrize(
    ("code", "printed", "problems", "notes"),
    [
        (0, "", 0, []),
        (0, "12 checks, all well\n", 0, ["12 checks, all well"]),
        (1, "one\n\n  two\n", 2, []),
        (1, "", 1, []),
        (2, "", 1, []),
        (2, "half a finding\n", 1, []),
        (-9, "", 1, []),
    ],
)
def test_lines_are_findings_only_where_it_says_so(code: int, printed: str, problems: int, notes: list[str]) -> None:
    found = judge("look", code, printed, "cannot reach the cluster")
    assert (len(found[0]), found[1]) == (problems, notes)


def test_a_check_that_could_not_check_says_why() -> None:
    for printed in ("", "half a finding\n"):
        (problem,), _ = judge("look", 2, printed, "warming up\nno kubeconfig in the outputs\n")
        assert "could not check (exit status 2)" in problem and "no kubeconfig in the outputs" in problem


def test_it_reads_the_outputs_and_runs_in_the_projects_folder(tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text("import json, os, sys; print(json.load(sys.stdin)['host'], os.environ['WHERE']); sys.exit(1)")
    environment = {**os.environ, "WHERE": "here"}
    assert run(f"{PYTHON} look.py", {"host": "hello.example.com"}, environment, tmp_path) == (["hello.example.com here"], [])


@pytest.mark.parametrize("command", ["no-such-command -", "'not closed", ""])
def test_a_command_that_cannot_be_run_is_a_problem(command: str, tmp_path: Path) -> None:
    (problem,), _ = run(command, {}, dict(os.environ), tmp_path)
    assert "cannot be run" in problem
