"""The commands in README.md, run as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from quayside_sandbox.places import cache_folder

from .conftest import ROOT

# This very test runs as part of `make test`.
NOT_HERE = {"make test"}


def blocks() -> list[str]:
    """The shell blocks of the README, each a script."""
    found = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [block for block in found if block.strip() not in NOT_HERE]


def meaning(written: bytes) -> dict[str, object]:
    """What a stack's file says: 'pulumi config' writes it in a layout of its own, and plain values as text."""
    content = yaml.safe_load(written)
    config = {key: str(value).lower() if isinstance(value, bool) else value for key, value in content.get("config", {}).items()}
    return {**content, "config": config}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout to type in; the Python environment and the built tools are shared."""
    made = ("." + name for name in ("git", "venv", "quayside", "mypy_cache", "pytest_cache", "ruff_cache", "hypothesis"))
    copy = shutil.copytree(ROOT, tmp_path / "quayside", ignore=shutil.ignore_patterns(*made, "__pycache__"))
    (copy / ".venv").symlink_to(sys.prefix)
    return copy


@pytest.mark.parametrize("script", blocks(), ids=lambda script: script.strip().splitlines()[-1])
def test_a_block_runs_to_its_end(script: str, checkout: Path) -> None:
    """Answers to Pulumi's questions are given beforehand."""
    environment = {**os.environ, "QUAYSIDE_CACHE": str(cache_folder(ROOT)), "PULUMI_SKIP_CONFIRMATIONS": "true"}
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for file in ROOT.glob("Pulumi*.yaml"):
            assert meaning((checkout / file.name).read_bytes()) == meaning(file.read_bytes()), f"the commands leave {file.name} as it was"
    finally:
        subprocess.run(["make", "down"], cwd=checkout, env=environment, capture_output=True, timeout=120)


def test_every_command_of_the_makefile_is_told_by_help() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ("up", "down", "test", "doctor"):
        assert re.search(rf"^  make {name}\b", shown, re.MULTILINE), name
