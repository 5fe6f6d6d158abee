"""The commands in README.md, run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from .conftest import ROOT

# This very test runs as part of `make test`.
NOT_HERE = {"make test"}


def blocks() -> list[str]:
    """The shell blocks of the README, each a script."""
    found = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [block for block in found if block.strip() not in NOT_HERE]


@pytest.mark.parametrize("script", blocks(), ids=lambda script: script.strip().splitlines()[-1])
def test_a_block_runs_to_its_end(script: str, tmp_path: Path) -> None:
    """In this checkout, with a sandbox of its own; answers to Pulumi's questions are given beforehand."""
    stacks = {file: file.read_bytes() for file in ROOT.glob("Pulumi*.yaml")}
    environment = {**os.environ, "QUAYSIDE_SANDBOX": str(tmp_path / "sandbox"), "PULUMI_SKIP_CONFIRMATIONS": "true"}
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for file, before in stacks.items():  # 'pulumi config' writes its own layout, so their meaning is compared
            assert yaml.safe_load(file.read_text()) == yaml.safe_load(before), f"the commands leave {file.name} as it was"
    finally:
        for file, content in stacks.items():
            file.write_bytes(content)
        subprocess.run(["make", "down"], cwd=ROOT, env=environment, capture_output=True, timeout=120)


def test_every_command_of_the_makefile_is_told_by_help() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ("up", "down", "test", "doctor"):
        assert re.search(rf"^  make {name}\b", shown, re.MULTILINE), name
