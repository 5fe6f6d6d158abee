"""The same objects by `kubectl apply --server-side`, until their pods run: what is left when Pulumi is taken away."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import clusters, objects
from bench.stacks import BenchFailed, Stack
from quayside_sandbox.sandbox import Sandbox


def measure(sandbox: Sandbox, folder: Path, sizes: list[int], tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """`up` through the library and kubectl's way, one after the other in the same cluster."""
    found = []
    for size in sizes:
        place = folder / "kubectl" / "library"
        shutil.rmtree(place, ignore_errors=True)
        config = clusters.kubeconfig(sandbox, "bench-library")
        stack = Stack.of_services(sandbox, place, "library", config)
        stack.write("services.json", objects.services(size))
        stack.write("objects.json", objects.for_kubectl(objects.recorded(place)))
        up = stack.up().wall
        stack.destroy()
        tell(f"{size} services, up: {up:.1f} s")
        began = time.monotonic()
        _kubectl(stack, "apply", "--server-side", "--filename", "objects.json")
        applied = time.monotonic() - began
        # Available says what a rollout status would: no Deployment of ours may have a pod too few. One process instead of one for each.
        wait = ("wait", "deployment", "--all", "--all-namespaces", "--for=condition=Available", "--timeout=10m")
        _kubectl(stack, *wait)
        whole = time.monotonic() - began
        tell(f"{size} services, kubectl: {whole:.1f} s")
        _kubectl(stack, "delete", "--filename", "objects.json", "--ignore-not-found", "--wait=true")
        found.append({"size": size, "up": up, "apply": applied, "apply and rollouts": whole, "ratio": up / whole})
    return found


def _kubectl(stack: Stack, *words: str) -> None:
    environment = stack.sandbox.environment(KUBECONFIG=str(stack.folder / "kubeconfig"))
    command = [str(stack.sandbox.folder.binaries / "kubectl"), *words]
    answer = subprocess.run(command, env=environment, cwd=stack.folder, capture_output=True, text=True)
    if answer.returncode:
        raise BenchFailed(f"'kubectl {words[0]}' failed:\n{answer.stderr[-3000:]}")
