"""Rehearsals that start from an old state: a git ref's code, pins and settings, or a real stack's exported state."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.rehearse.change import judge
from quayside_sandbox.rehearse.from_ref import FromRef
from quayside_sandbox.rehearse.from_state import FromState
from quayside_sandbox.rehearse.origin import NotStarted, StackIsNew
from quayside_sandbox.rehearse.report import Phase
from quayside_sandbox.steps import Steps

PROGRAM = Path(__file__).parent / "programs" / "state"
STEPS = Steps(Console(quiet=True))
VPC = "digitalocean:index/vpc:Vpc::net"

OLD_PROGRAM = """
import pulumi, shapes
vpc = {"region": shapes.REGION, "name": pulumi.Config().require("name")}
pulumi.CustomResource("digitalocean:index/vpc:Vpc", "net", vpc, pulumi.ResourceOptions(protect=True))
pulumi.Stash("gone", input=1)
"""
NEW_PROGRAM = """
import pulumi
pulumi.CustomResource("digitalocean:index/vpc:Vpc", "net", {"region": "fra1", "name": "net"})
"""
# A build backend of the distribution's own: building asks no registry.
BACKEND = """
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/shapes-1-py3-none-any.whl", "w") as wheel:
        wheel.write("shapes.py")
        wheel.writestr("shapes-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: shapes\\nVersion: 1\\n")
        wheel.writestr("shapes-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("shapes-1.dist-info/RECORD", "")
    return "shapes-1-py3-none-any.whl"
"""
LIBRARY = """
[project]
name = "shapes"
version = "1"
dependencies = ["pulumi==3.259.0"]
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


class Repository:
    """A throwaway repository with one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q")

    def commit(self, tag: str, files: dict[str, str]) -> None:
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "-qm", tag)
        self.git("tag", tag)

    def git(self, *words: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        return subprocess.run(["git", *identity, *words], cwd=self.folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Three states of a project: without the stack, with a program that fails, and one that works; edited since, and not committed."""
    (tmp_path / "repository").mkdir()
    made = Repository(tmp_path / "repository")
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
    made.commit("without", {"Pulumi.yaml": yaml.safe_dump({"name": "from-ref", "runtime": runtime}), ".gitignore": ".venv\n"})
    settings = yaml.safe_dump({"config": {"from-ref:name": "net", "from-ref:password": {"secure": "v1:of:nobodys"}}})
    requirements = "pulumi==3.259.0\n"
    made.commit(
        "broken", {"Pulumi.prod.yaml": settings, "requirements.txt": requirements, "__main__.py": "raise RuntimeError('broken then')"}
    )
    library = {"lib/shapes.py": 'REGION = "sgp1"', "lib/backend.py": BACKEND, "lib/pyproject.toml": LIBRARY}
    made.commit("works", {"requirements.txt": f"{requirements}./lib\n", "__main__.py": OLD_PROGRAM, **library})
    (made.folder / ".venv").symlink_to(sys.prefix)
    (made.folder / "__main__.py").write_text(NEW_PROGRAM)
    (made.folder / "requirements.txt").write_text(requirements)
    (made.folder / "lib" / "shapes.py").write_text("raise RuntimeError('of today')")
    return made


def test_a_ref_is_brought_up_as_it_was_and_the_new_is_held_against_it(
    repository: Repository, rehearsal: Callable[..., Rehearsal], sandbox: Any
) -> None:
    new, phase = rehearsal(repository.folder, "prod"), Phase("old state")
    edited = repository.git("status", "--short")
    origin = FromRef("works", repository.folder)
    origin.bring_up(sandbox, repository.folder, "prod", phase, STEPS)
    assert origin.title.startswith("ref works (commit ")
    assert phase.changes["create"] == 3  # the stack, the network, what is gone since
    assert repository.git("status", "--short") == edited
    assert len(repository.git("worktree", "list").splitlines()) == 1

    notes, problems = judge(new.preview(), new.exported()["deployment"]["resources"])
    assert notes == [f"replaced: {VPC} (protected), because of region", "deleted: pulumi:index:Stash::gone"]
    assert [one.split(":  ")[0].split(", because")[0] for one in problems] == [f"{VPC} is protected and would be replaced"]
    new.unprotect()


def test_a_ref_that_lacks_the_stack_or_does_not_start_says_nothing_of_the_new(repository: Repository, sandbox: Any) -> None:
    with pytest.raises(StackIsNew, match=r"ref without \(commit \w+\) has no Pulumi.prod.yaml: the stack is new"):
        FromRef("without", repository.folder).bring_up(sandbox, repository.folder, "prod", Phase("old state"), STEPS)
    with pytest.raises(NotStarted, match=r"(?s)does not come up, which says nothing of the new:.*broken then"):
        FromRef("broken", repository.folder).bring_up(sandbox, repository.folder, "prod", Phase("old state"), STEPS)
    assert len(repository.git("worktree", "list").splitlines()) == 1


def test_an_exported_state_is_made_anew_and_nothing_but_its_secrets_differs(
    rehearsal: Callable[..., Rehearsal], sandbox: Any, tmp_path: Path
) -> None:
    program = rehearsal(shutil.copytree(PROGRAM, tmp_path / "state"), "prod")
    program.up().check()
    before = program.exported()
    export = tmp_path / "export.json"
    export.write_text(json.dumps(before))
    program.unprotect()
    program.destroy().check()
    for zone in sandbox.store.list("cloudflare", "zones"):  # the account that is rehearsed in has never heard of it
        sandbox.store.delete("cloudflare", "zones", zone["id"])

    stand_ins = FromState(export).bring_up(sandbox, program.project, "prod", Phase("old state"), STEPS)
    assert {(urn.rpartition("::")[2], *properties) for urn, properties in stand_ins.items()} == {
        ("ocean", "token"),
        ("objects", "kubeconfig"),
        ("login", "data"),
    }
    after = program.exported()
    assert _listed(after) == _listed(before)
    assert _ids(after, "Vpc", "KubernetesCluster").isdisjoint(_ids(before, "Vpc", "KubernetesCluster"))
    login = program.api("state").get("v1", "Secret", "login", "default")
    assert "hidden-password" not in json.dumps(login)
    facts = program.api("state").get("v1", "ConfigMap", "facts", "default")["data"]["network"]
    assert facts == f"vpc {next(iter(_ids(after, 'Vpc')))} in sgp1"
    unchanged = program.preview().check()
    assert unchanged.changed == ["replace kubernetes:core/v1:Secret::login"]
    assert judge(unchanged, after["deployment"]["resources"], stand_ins)[0][0].endswith("; only there as its old value is a stand-in")
    assert "secret of the exported state" in {one["kind"] for one in sandbox.substitutions()}

    (program.project / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": {"state:region": "fra1"}}))
    notes, problems = judge(program.preview(), after["deployment"]["resources"], stand_ins)
    assert notes[0] == f"replaced: {VPC} (protected), because of region"
    assert len(problems) == 1
    (program.project / "Pulumi.prod.yaml").write_text("config: {}")
    program.unprotect()


def _listed(state: dict[str, Any]) -> list[dict[str, Any]]:
    """What must be the same: URN, protection, what depends on what, what the plugins noted, and what an object goes away with."""
    facts = ("urn", "protect", "deletedWith", "parent", "dependencies", "custom", "external")
    return sorted(
        (
            {
                **{fact: one.get(fact) for fact in facts},
                "by property": {name: urns for name, urns in (one.get("propertyDependencies") or {}).items() if urns},
                "noted": (one.get("inputs") or {}).get("__defaults"),
            }
            for one in state["deployment"]["resources"]
        ),
        key=lambda one: str(one["urn"]),
    )


def _ids(state: dict[str, Any], *kinds: str) -> set[str]:
    return {one["id"] for one in state["deployment"]["resources"] if one["type"].rpartition(":")[2] in kinds}
