"""What an old program needs: what is kept for all runs, and what comes from its own checkout."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rich.console import Console

from quayside_sandbox.rehearse import environments
from quayside_sandbox.rehearse.environments import key, linked
from quayside_sandbox.rehearse.origin import NotStarted
from quayside_sandbox.rehearse.requirements import Local, read_requirements, served_by
from quayside_sandbox.steps import Steps

LIBRARY = """
[project]
name = "acme-library"
version = "1"
dependencies = ["pulumi==3.250.0", "pydantic  >=2"]
[project.optional-dependencies]
digitalocean = ["pulumi-digitalocean==4.80.0"]
all = ["acme_library[digitalocean]", "pulumi-cloudflare==6.1.0"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "pyproject.toml").write_text(LIBRARY)
    return tmp_path


def test_what_a_local_distribution_needs_belongs_to_the_environment_and_itself_does_not(project: Path) -> None:
    (project / "more.txt").write_text("rich==15.0.0 \\\n  --hash=sha256:00\n")
    (project / "requirements.txt").write_text("# what is needed\n./components[all]  # ours\n-r more.txt\n\n")
    found = read_requirements(project)
    assert found.local == (Local(project / "components", ("all",)),)
    assert found.third_party == (
        "pulumi-cloudflare==6.1.0",
        "pulumi-digitalocean==4.80.0",
        "pulumi==3.250.0",
        "pydantic >=2",
        "rich==15.0.0    --hash=sha256:00",
    )


@pytest.mark.parametrize("line", ["-e ./components", "--editable=components/", "components/ ; python_version > '3'", "components/"])
def test_a_path_is_local_however_it_is_written(project: Path, line: str) -> None:
    (project / "requirements.txt").write_text(f"{line}\n")
    assert read_requirements(project).local == (Local(project / "components"),)


@pytest.mark.parametrize(
    "line", ["shapes @ https://example.com/shapes.whl", "git+https://example.com/shapes.git", "--index-url https://x/y", "shapes"]
)
def test_an_address_an_option_and_a_name_are_not(project: Path, line: str) -> None:
    (project / "requirements.txt").write_text(f"{line}\n")
    assert read_requirements(project).third_party == (line,)


def test_without_requirements_txt_the_project_s_own_description_says_it(project: Path) -> None:
    assert read_requirements(project / "components").third_party == ("pulumi==3.250.0", "pydantic >=2")
    (project / "empty").mkdir()
    with pytest.raises(NotStarted, match=r"neither requirements.txt nor pyproject.toml"):
        read_requirements(project / "empty")


def test_dependencies_that_only_a_build_would_tell_are_refused(project: Path) -> None:
    (project / "components" / "pyproject.toml").write_text('[project]\nname = "a"\ndynamic = ["dependencies"]\n')
    (project / "requirements.txt").write_text("./components\n")
    with pytest.raises(NotStarted, match=r"components/pyproject.toml does not list its dependencies"):
        read_requirements(project)


def test_a_change_of_the_library_alone_makes_no_new_environment(project: Path) -> None:
    (project / "requirements.txt").write_text("./components\n")
    before = key(read_requirements(project).third_party)
    (project / "components" / "pyproject.toml").write_text(LIBRARY.replace('version = "1"', 'version = "2"'))
    assert key(read_requirements(project).third_party) == before
    (project / "components" / "pyproject.toml").write_text(LIBRARY.replace("3.250.0", "3.251.0"))
    assert key(read_requirements(project).third_party) != before
    assert key(("a==1",), "3.11") != key(("a==1",), "3.12")


def test_todays_environment_serves_where_it_has_the_same() -> None:
    installed = {"Pulumi_Kubernetes": "4.34.2", "rich": "15.0.0"}
    assert served_by(("pulumi-kubernetes==4.34.2", "rich == 15.0.0"), installed, ())
    assert served_by(("pulumi>=3",), installed, ("pulumi>=3",))
    assert not served_by(("pulumi>=3",), installed, ("pulumi>=4",))  # what pip would take for it then is unknown
    assert not served_by(("rich==14.0.0",), installed, ("rich==15.0.0",))
    assert not served_by(("rich==15.0.0 ; extra == 'x'",), installed, ())


def test_nothing_leads_from_the_old_program_to_todays_checkout() -> None:
    own = {"acme-library"}
    for name in (
        "__editable__.acme_library-1.pth",
        "__editable___acme_library_finder.py",
        "distutils-precedence.pth",
        "acme_library-1.dist-info",
    ):
        assert not linked(name, own)
    for name in ("pulumi", "pulumi-3.259.0.dist-info", "six.py"):
        assert linked(name, own)


def test_an_environment_is_made_once_by_two_and_again_where_it_is_half_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`project` has no environment of today's that could serve."""
    made: list[Path] = []

    def make(place: Path, wanted: tuple[str, ...]) -> None:
        place.mkdir(parents=True, exist_ok=True)
        made.append(place)
        time.sleep(0.1)
        if len(made) == 1:
            raise NotStarted("no such version")

    def ask() -> Path:
        options = {"virtualenv": ".venv"}
        return environments.python_for(("a==1",), project, options, project / "cache", Steps(Console(quiet=True)))

    monkeypatch.setattr(environments, "_make", make)
    with pytest.raises(NotStarted):
        ask()
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: ask(), range(2))
    assert first == second == project / "cache" / "environments" / key(("a==1",)) / "bin" / "python"
    assert len(made) == 2  # the half-made one again, and then never more
