"""A commit of the user's repository in a folder of its own, and gone again: nothing in their checkout changes."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .origin import NotStarted


def commit_of(project: Path, ref: str) -> str:
    """The commit that a ref names in the project's repository. Raises NotStarted."""
    if _git(project, "rev-parse", "--git-dir").returncode:
        raise NotStarted(f"{project} is in no git repository, so it has no {ref!r}: start from an exported state instead (FROM_STATE=…)")
    answer = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if answer.returncode:
        raise NotStarted(_unknown(ref, shallow=_git(project, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"))
    return answer.stdout.strip()


@contextlib.contextmanager
def checkout(project: Path, commit: str, place: Path) -> Iterator[Path]:
    """The project's folder as the commit has it, below `place`; it need not exist there. Raises NotStarted."""
    top = Path(_git(project, "rev-parse", "--show-toplevel").stdout.strip())
    place.parent.mkdir(parents=True, exist_ok=True)
    _forget_gone(project, place)
    try:
        # No hooks: they are the user's, and act on what the user checks out.
        answer = _git(project, "-c", f"core.hooksPath={os.devnull}", "worktree", "add", "--detach", str(place), commit)
        if answer.returncode:
            raise NotStarted(f"git could not check out {commit[:12]}: {answer.stderr.strip()}")
        yield place / project.resolve().relative_to(top.resolve())
    finally:
        _git(project, "worktree", "remove", "--force", str(place))
        shutil.rmtree(place, ignore_errors=True)
        _forget_gone(project, place)


def _forget_gone(project: Path, place: Path) -> None:
    """What rehearsals that were killed left of their checkouts in git's list, where none is any more.

    Not `git worktree prune`: it forgets the user's own ones too that are on a disk which is not there just now.
    """
    for line in _git(project, "worktree", "list", "--porcelain").stdout.splitlines():
        key, _, listed = line.partition(" ")
        if key == "worktree" and not Path(listed).exists() and _alike(Path(listed), place):
            _git(project, "worktree", "remove", "--force", listed)


def _alike(listed: Path, place: Path) -> bool:
    """Whether it lay where this one does, or where another rehearsal's does: <room>/<sandbox>/from/checkout."""
    place = place.resolve()
    return listed == place or (listed.parts[-2:] == place.parts[-2:] and listed.parent.parent.parent == place.parent.parent.parent)


def _unknown(ref: str, *, shallow: bool) -> str:
    if shallow:
        return (
            f"{ref!r} is not in this clone, which is shallow: fetch it with 'git fetch --unshallow --tags' "
            "(in a pipeline: GIT_DEPTH: 0 at GitLab, fetch-depth: 0 of actions/checkout)"
        )
    return f"{ref!r} names no commit here: fetch it with 'git fetch --tags', or write another branch, tag or commit ('git branch --all')"


def _git(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # Inside a git hook these variables would lead to another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.run(["git", *words], cwd=project, env={**environment, "LC_ALL": "C"}, capture_output=True, text=True)
    except FileNotFoundError as problem:
        raise NotStarted("git is not on PATH, and a ref is read with it: install git") from problem
