"""A commit of the user's repository in a folder of its own, the messages where there is none, and the project it must be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from quayside_sandbox.rehearse.from_ref import FromRef, runtime_options, same_project, with_environment
from quayside_sandbox.rehearse.old_checkout import checkout, commit_of
from quayside_sandbox.rehearse.origin import NotStarted


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project below the top of a repository, with edits that are not committed."""
    project = tmp_path / "repository" / "platform"
    project.mkdir(parents=True)
    git(project.parent, "init", "-q")
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    git(project, "add", "--all")
    git(project, "commit", "-qm", "one")
    (project / "Pulumi.yaml").write_text("name: edited\n")
    (project / "new").touch()
    return project


def test_the_checkout_is_the_commits_and_leaves_nothing(repository: Path, tmp_path: Path) -> None:
    before = git(repository, "status", "--short")
    hook = repository.parent / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch hook-ran\n")
    hook.chmod(0o755)
    place = tmp_path / "rehearsal" / "checkout"
    with pytest.raises(KeyError), checkout(repository, commit_of(repository, "HEAD"), place) as old:
        assert old == place / "platform"
        assert "name: shop" in (old / "Pulumi.yaml").read_text()
        assert not (place / "hook-ran").exists()
        raise KeyError
    assert not place.exists()
    assert git(repository, "status", "--short") == before
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_what_a_killed_rehearsal_left_is_taken_up(repository: Path, tmp_path: Path) -> None:
    place, commit = tmp_path / "checkout", commit_of(repository, "HEAD")
    git(repository, "worktree", "add", "--detach", str(place), commit)
    subprocess.run(["rm", "-r", str(place)], check=True)
    with checkout(repository, commit, place) as old:
        assert old.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_worktree_of_the_users_own_that_is_away_is_not_forgotten(repository: Path, tmp_path: Path) -> None:
    """On a disk that is not mounted, for example."""
    room, commit = tmp_path / "room", commit_of(repository, "HEAD")
    killed, own = room / "prod-1" / "from" / "checkout", tmp_path / "own"
    for place in (killed, own):
        git(repository, "worktree", "add", "--detach", str(place), commit)
        subprocess.run(["rm", "-r", str(place)], check=True)
    with checkout(repository, commit, room / "prod-2" / "from" / "checkout"):
        assert str(killed) not in git(repository, "worktree", "list")
    assert [line.split()[0] for line in git(repository, "worktree", "list").splitlines()[1:]] == [str(own)]


def test_a_ref_that_is_not_there_is_told_with_the_remedy(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="'v9' names no commit here: fetch it with 'git fetch --tags'"):
        commit_of(repository, "v9")
    with pytest.raises(NotStarted, match="'--all' names no commit here"):
        commit_of(repository, "--all")
    git(repository, "commit", "-qam", "two")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository.parent}", str(shallow))
    with pytest.raises(NotStarted, match=r"is shallow: fetch it with 'git fetch --unshallow --tags' \(in a pipeline: GIT_DEPTH: 0"):
        commit_of(shallow, "HEAD~1")
    outside = tmp_path / "outside"
    outside.mkdir()
    with pytest.raises(NotStarted, match="is in no git repository"):
        commit_of(outside, "HEAD")


def test_the_title_names_the_commit(repository: Path) -> None:
    assert FromRef("HEAD", repository).title == f"ref HEAD (commit {git(repository, 'rev-parse', 'HEAD')[:12]})"
    assert FromRef("nowhere", repository).title == "ref nowhere"


def test_another_project_s_name_is_another_state() -> None:
    same_project({"name": "shop"}, {"name": "shop"}, "ref v1")
    with pytest.raises(NotStarted, match="in ref v1 the project is named 'store', and now 'shop'"):
        same_project({"name": "store"}, {"name": "shop"}, "ref v1")


def test_the_old_program_runs_in_its_own_environment() -> None:
    old = {"name": "shop", "runtime": {"name": "python", "options": {"toolchain": "uv", "virtualenv": "../shared", "typechecker": "mypy"}}}
    assert with_environment(old, "here")["runtime"]["options"] == {"toolchain": "pip", "virtualenv": "here", "typechecker": "mypy"}
    assert with_environment({"runtime": "python"}, "here")["runtime"]["options"]["virtualenv"] == "here"
    with pytest.raises(NotStarted, match="runtime is 'nodejs'"):
        runtime_options({"runtime": "nodejs"})
