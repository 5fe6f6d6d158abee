"""Makes the project's Python environment (.venv) once, and again when its requirements change; needs nothing but Python.

Run by `make` before every command; done in a moment where nothing is to do. A half-made environment is never taken for whole: the
mark that says for which requirements it was made is written last.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
MARK = ENVIRONMENT / ".made-for"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "components/pyproject.toml", "sandbox/pyproject.toml")


def main() -> int:
    if sys.version_info < (3, 11):
        print(
            f"error: Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}: run 'make PYTHON=…' with a newer one",
            file=sys.stderr,
        )
        return 1
    wanted = key()
    if made_for() == wanted:
        return 0
    lock = ROOT / ".quayside" / ".venv.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two runs at once: the second finds it made
        return 0 if made_for() == wanted else make(wanted)


def key() -> str:
    parts = [sys.version.encode(), str(ENVIRONMENT.resolve()).encode(), *((ROOT / name).read_bytes() for name in REQUIREMENTS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def made_for() -> str:
    try:
        return MARK.read_text()
    except OSError:
        return ""


def make(wanted: str) -> int:
    python = ENVIRONMENT / "bin" / "python"
    steps = [
        ("make the Python environment .venv", [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]),
        ("install the program and the library", [str(python), "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]),
        ("install the sandbox and the checks", [str(python), "-m", "pip", "install", "--quiet", "-r", "requirements-dev.txt"]),
        # Edits of the library count at once: a copy of it, as requirements.txt installs, would be tested instead of the checkout.
        ("link the library to this checkout", [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-e", "components"]),
        ("compile", [str(python), "-m", "compileall", "-q", "-j", "0", str(ENVIRONMENT)]),  # imports of the SDKs take a quarter of the time
    ]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for title, words in steps:
        began = time.monotonic()
        print(f"… {title}", file=sys.stderr, flush=True)
        done = subprocess.run(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
        if done.returncode and title != "compile":
            print(
                f"✗ {title}: failed after {time.monotonic() - began:.0f} s; its words are above. Mend that and run the same command again.",
                file=sys.stderr,
            )
            return 1
        print(f"✓ {title} {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    MARK.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
