"""Only what the sandbox made is ever removed."""

from pathlib import Path

import pytest

from quayside_sandbox.folder import Folder
from quayside_sandbox.sandbox import Choices, Sandbox, SandboxFailed


def test_a_folder_that_is_no_sandbox_is_neither_used_nor_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.touch()
    one = Sandbox(Folder(tmp_path))
    with pytest.raises(SandboxFailed, match="nothing was removed"):
        one.stop()
    with pytest.raises(SandboxFailed, match="no sandbox"):
        one.start(Choices())
    assert precious.exists()


def test_the_clouds_own_plugins_are_never_used(tmp_path: Path) -> None:
    from quayside_sandbox.shims import NotInstalled, find_official

    with pytest.raises(NotInstalled, match="speak to a real account"):
        find_official("digitalocean")
