"""All committed stacks pass `make rehearse`, two of them at the same time on one machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 1800  # seconds; each took two to three minutes on two busy cores


@pytest.mark.parametrize("stacks", [("dev", "prod"), ("test", "staging")], ids=" and ".join)
def test_they_pass(stacks: tuple[str, str]) -> None:
    at_once = [_start(stack) for stack in stacks]
    said = [one.communicate(timeout=LIMIT)[0] for one in at_once]
    for stack, process, text in zip(stacks, at_once, said, strict=True):
        assert process.returncode == 0, text
        report = json.loads((ROOT / ".quayside" / "rehearse" / f"{stack}.json").read_text())
        verdicts = {phase["name"]: phase["verdict"] for phase in report["phases"]}
        assert (report["stack"], report["verdict"], report["left"]) == (stack, "passed", [])
        assert verdicts["own checks"] == "passed"
        assert verdicts["destroy is refused"] == ("skipped" if stack in ("dev", "test") else "passed")
        assert report["estimate"]["monthly"] > 0 and report["resources"]


def _start(stack: str) -> subprocess.Popen[str]:
    words = ["make", "rehearse", f"STACK={stack}"]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
