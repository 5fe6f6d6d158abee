"""What the tests of stand-in charts share: rendering one with the real helm, and finding objects in the result."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.places import cache_folder
from quayside_sandbox.tools.prepare import find_ready

ROOT = Path(__file__).resolve().parents[4]
CHARTS = ROOT / "sandbox" / "charts"

Object = dict[str, Any]


def helm_template(chart: str, release: str, *words: str, values: Object | None = None) -> tuple[str, str]:
    """helm's output, and what it says when it fails."""
    helm = find_ready(cache_folder(ROOT)).get("helm")
    if not helm:
        pytest.skip("helm is not built yet: run 'python -m quayside_sandbox.tools'")
    command = [str(helm), "template", release, str(CHARTS / chart), "--namespace", "somewhere", "--values", "-", *words]
    answer = subprocess.run(command, input=json.dumps(values or {}), capture_output=True, text=True)
    return answer.stdout, answer.stderr if answer.returncode else ""


def render(chart: str, release: str, *words: str, values: Object | None = None) -> list[Object]:
    output, problem = helm_template(chart, release, *words, values=values)
    assert not problem, problem
    return [document for document in yaml.safe_load_all(output) if document]


def by_name(objects: list[Object], kind: str) -> dict[str, Object]:
    return {entry["metadata"]["name"]: entry for entry in objects if entry["kind"] == kind}
