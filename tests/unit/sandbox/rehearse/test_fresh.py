"""Each rehearsal has a sandbox of its own, and cleans up behind those that were killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from quayside_sandbox.rehearse import fresh
from quayside_sandbox.rehearse.fresh import fresh_sandbox, remove_abandoned, room
from quayside_sandbox.sandbox import SandboxFailed


def left_behind(place: Path, name: str) -> Path:
    folder = place / name
    folder.mkdir(parents=True)
    (folder / ".quayside-sandbox").touch()
    return folder


def test_two_at_once_have_folders_of_their_own_and_both_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "PLUGINS_LOOK", 0.0)
    with fresh_sandbox(tmp_path, "prod") as one:
        with pytest.raises(KeyboardInterrupt), fresh_sandbox(tmp_path, "prod") as other:
            assert one.folder.root != other.folder.root
            raise KeyboardInterrupt
        assert one.folder.root.is_dir() and not other.folder.root.exists()
    assert list(room(tmp_path).iterdir()) == []


def test_only_what_nobody_uses_any_more_is_removed(tmp_path: Path) -> None:
    place = room(tmp_path)
    abandoned = left_behind(place, "prod-abc")
    foreign = place / "prod-of_somebody"
    foreign.mkdir()
    with fresh_sandbox(tmp_path, "prod") as used:
        assert foreign.is_dir() and not abandoned.exists()  # the next rehearsal has cleaned up
        assert remove_abandoned(place) == []
        assert used.folder.root.is_dir()


def test_no_room_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".quayside").touch()
    with pytest.raises(SandboxFailed, match="needs room in"), fresh_sandbox(tmp_path, "prod"):
        pass
