"""The sandbox as other repositories get it: one wheel that holds its modules, charts and manifests."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from quayside_sandbox.tools import TOOLS

from .conftest import ROOT


def test_the_wheel_holds_what_the_sandbox_builds_and_installs(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT / "sandbox")]
    subprocess.run(words, check=True)
    (wheel,) = tmp_path.glob("quayside_sandbox-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    for tool in TOOLS:
        assert {f"quayside_sandbox/data/tools/{tool.module}/go.{part}" for part in ("mod", "sum")} <= names, tool.name
    for folder in ("charts", "manifests"):
        for file in (ROOT / "sandbox" / folder).rglob("*"):
            if file.is_file():
                assert f"quayside_sandbox/data/{file.relative_to(ROOT / 'sandbox')}" in names
    assert "quayside-sandbox = quayside_sandbox.cli:main" in entry_points
    assert "quayside_sandbox = quayside_sandbox.pytest_plugin" in entry_points
