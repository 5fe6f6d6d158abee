"""`make test`: every check, each within its budget (budgets.toml), all run even where one fails; the exit status is CI's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Part:
    name: str
    commands: tuple[tuple[str, ...], ...]


PARTS = (
    Part("lint", (("ruff", "format", "--check", "."), ("ruff", "check", "."))),
    Part("types", (("mypy", "components/quayside", "sandbox/quayside_sandbox", "bench", "__main__.py", "tests/run.py"),)),
    Part("layers", (("lint-imports",),)),
    Part("tools", (("python", "-m", "quayside_sandbox.tools"),)),
    Part("unit", (("pytest", "tests/unit"),)),
    Part("rehearsals", (("pytest", "tests/rehearsals", "--numprocesses=2", "--dist=loadfile"),)),
)


def remove_sandboxes() -> None:
    """What a part that was ended could not remove itself."""
    for folder in (ROOT / ".quayside" / "rehearsals").glob("*/sandbox.json"):
        environment = {**os.environ, "QUAYSIDE_SANDBOX": str(folder.parent)}
        subprocess.run([str(BIN / "quayside-sandbox"), "down"], cwd=ROOT, env=environment)


def run(part: Part, seconds: float) -> str:
    """'' where all is well, else what is wrong."""
    until = time.monotonic() + seconds
    problem = ""
    for words in part.commands:
        print(f"\n== {part.name}: {' '.join(words)}", flush=True)
        process = subprocess.Popen([str(BIN / words[0]), *words[1:]], cwd=ROOT, start_new_session=True)
        try:
            if process.wait(timeout=max(1.0, until - time.monotonic())):
                problem = problem or f"'{' '.join(words)}' failed"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGINT)  # pytest ends its fixtures: no control plane is left behind
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            remove_sandboxes()
            return f"over its budget of {seconds:.0f} s"
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGINT)
            process.wait()
            raise
    return problem


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a script's background, and the parts would inherit that
    budgets = tomllib.loads((ROOT / "tests" / "budgets.toml").read_text())
    chosen = [part for part in PARTS if not sys.argv[1:] or part.name in sys.argv[1:]]
    lines, failed = [], False
    for part in chosen:
        began = time.monotonic()
        problem = run(part, budgets[part.name])
        failed |= bool(problem)
        lines.append(f"{'✗' if problem else '✓'} {part.name:<11}{time.monotonic() - began:7.0f} s of {budgets[part.name]} s  {problem}")
    print("\n" + "\n".join(lines), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
