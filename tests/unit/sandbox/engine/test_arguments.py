"""What the stand-in of `pulumi` does with what is typed."""

from pathlib import Path

import pytest

from quayside_sandbox import engine
from quayside_sandbox.folder import Folder


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Prepares arguments as if typed in a project; no engine runs: making the stack is replaced by naming its copy."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for stack in ("prod", "selected"):
        (tmp_path / f"Pulumi.{stack}.yaml").touch()
    monkeypatch.setattr(engine, "ensure_stack", lambda folder, project, stack, environment: project / f"copy-of-{stack}")
    monkeypatch.setattr(engine, "_selected_stack", lambda folder, environment, directory: "selected")
    return lambda *words: engine.prepare_arguments(Folder(tmp_path), list(words), {}, tmp_path)


@pytest.mark.parametrize("command", ["preview", "up", "refresh", "destroy"])
def test_commands_that_read_the_configuration_get_the_copy(typed, command: str, tmp_path: Path) -> None:
    assert typed(command, "-s", "prod") == [command, "-s", "prod", "--config-file", str(tmp_path / "copy-of-prod")]
    assert typed(command, "--stack=prod")[-1] == str(tmp_path / "copy-of-prod")
    assert typed(command)[-1] == str(tmp_path / "copy-of-selected")


def test_options_before_the_command_change_nothing(typed, tmp_path: Path) -> None:
    assert typed("-s", "prod", "preview")[-1] == str(tmp_path / "copy-of-prod")
    assert typed("-C", str(tmp_path), "--color", "never", "up", "-s", "organization/shop/prod")[-1] == str(tmp_path / "copy-of-prod")


@pytest.mark.parametrize(
    "words", [["stack", "init", "x"], ["stack", "rename", "y"], ["config", "refresh"], ["-s", "prod", "destroy", "--remove"]]
)
def test_what_would_change_the_users_file_is_refused(typed, words: list[str]) -> None:
    with pytest.raises(engine.EngineRefused, match="stack's own file"):
        typed(*words)


def test_a_removed_stack_keeps_its_file(typed) -> None:
    assert typed("stack", "rm", "prod", "--yes") == ["stack", "rm", "prod", "--yes", "--preserve-config"]


def test_a_stack_that_is_nowhere_is_not_made_by_a_slip(typed) -> None:
    with pytest.raises(engine.EngineRefused, match="there is no stack pord"):
        typed("preview", "-s", "pord")


def test_everything_else_goes_through_as_typed(typed) -> None:
    for words in (["stack", "output"], ["config", "set", "--path", "quayside:a.b", "1"], ["up", "--help"], ["up", "--config-file", "x"]):
        assert typed(*words) == words


def test_a_secret_is_not_written_into_the_users_file(typed) -> None:
    with pytest.raises(engine.EngineRefused, match="secure values are not set from inside the sandbox"):
        typed("config", "set", "--secret", "quayside:secrets.token", "x")


def test_no_sandbox_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(engine.EngineRefused, match="start it with 'make up'"):
        engine.real_pulumi(Folder(tmp_path))
