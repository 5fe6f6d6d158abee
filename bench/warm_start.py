"""`make up` from nothing running to the summary, with built tools, and where its seconds go."""

from __future__ import annotations

import io
import json
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.stacks import ROOT, BenchFailed, Stack
from quayside_sandbox.clusters import write_kubeconfig
from quayside_sandbox.folder import Folder
from quayside_sandbox.places import cache_folder
from quayside_sandbox.sandbox import Choices, Sandbox
from quayside_sandbox.summary import show

GOAL = 45.0
"""Seconds, on two cores."""

PHASES = ("control plane", "charts", "services", "cloud")
"""Where several are under way at once, the first of them counts: it is what the others wait for."""

Moment = tuple[float, dict[str, Any]]


def measure(folder: Path) -> dict[str, float]:
    """Seconds of each phase, and the whole. Raises BenchFailed."""
    sandbox = Sandbox(Folder(folder / "warm"))
    try:
        began = time.monotonic()
        sandbox.start(Choices(), cache=cache_folder(ROOT))
        stack = Stack.of_project(sandbox, folder / "warm-project", "dev")
        started = time.monotonic()
        command, environment = stack.command("up", "--yes", "--skip-preview", "--json")
        del environment["PULUMI_SKIP_CHECKPOINTS"]  # `make up` keeps its state
        engine = subprocess.Popen(command, env=environment, cwd=stack.folder, stdout=subprocess.PIPE, text=True)
        assert engine.stdout
        said = [(time.monotonic(), line) for line in engine.stdout]
        if engine.wait():
            raise BenchFailed(f"stack dev did not come up:\n{''.join(line for _, line in said)[-3000:]}")
        up = time.monotonic()
        write_kubeconfig(sandbox)
        show(sandbox, "dev", Console(file=io.StringIO()))
        ended = time.monotonic()
        moments = [(when, json.loads(line)) for when, line in said if line.startswith("{")]
        return {"sandbox": started - began, **split(moments, started, up), "summary": ended - up, "whole": ended - began}
    finally:
        sandbox.stop()


def split(moments: Iterable[Moment], began: float, ended: float) -> dict[str, float]:
    """Seconds of each phase, from the engine's events with the time at which each came; 'engine' is when no resource was under way."""
    seconds = dict.fromkeys((*PHASES, "engine"), 0.0)
    under_way: dict[str, str] = {}
    last = began
    for when, event in [*moments, (ended, {})]:
        current = next((phase for phase in PHASES if phase in under_way.values()), "engine")
        seconds[current] += when - last
        last = when
        if "resourcePreEvent" in event:
            metadata = event["resourcePreEvent"]["metadata"]
            if phase := phase_of(metadata["type"]):
                under_way[metadata["urn"]] = phase
        for key in ("resOutputsEvent", "resOpFailedEvent"):
            if key in event:
                under_way.pop(event[key]["metadata"]["urn"], None)
    return seconds


def phase_of(token: str) -> str | None:
    """The phase that a resource of this type belongs to; None for components, which are under way as long as their children."""
    if token.startswith("digitalocean:index/kubernetes"):
        return "control plane"
    if token.startswith("kubernetes:helm.sh/"):
        return "charts"
    if token.startswith("kubernetes:"):
        return "services"
    return "cloud" if token.startswith(("digitalocean:", "cloudflare:")) else None
