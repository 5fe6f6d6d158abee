"""Programs, component packages and policy packs run, whichever language host serves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from quayside_sandbox.rehearsal import Rehearsal

from .conftest import ROOT

Make = Callable[..., Rehearsal]


def program(folder: Path, text: str, project: str = "name: tried\nruntime: python\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.test.yaml").write_text("config:\n  tried:colour: blue\n  tried:size: '3'\n")
    (folder / "__main__.py").write_text(text)
    return folder


def test_a_program_gets_its_configuration_and_its_neighbours(rehearsal: Make, tmp_path: Path) -> None:
    folder = program(
        tmp_path / "p",
        "import pulumi, neighbour\nc = pulumi.Config()\n"
        "pulumi.export('all', [c.require('colour'), c.require_int('size'), neighbour.NAME, pulumi.get_stack(), pulumi.get_project()])\n",
    )
    (folder / "neighbour.py").write_text("NAME = 'next door'\n")
    one = rehearsal(folder, "test")
    one.up().check()
    assert one.outputs() == {"all": ["blue", 3, "next door", "test", "tried"]}


def test_a_run_error_is_the_message_alone(rehearsal: Make, tmp_path: Path) -> None:
    one = rehearsal(program(tmp_path / "p", "import pulumi\nraise pulumi.RunError('the settings are wrong')\n"), "test")
    failed = one.preview()
    assert failed.code != 0
    assert failed.errors.strip().startswith("the settings are wrong")
    assert "Traceback" not in failed.output


def test_an_exception_shows_the_programs_part_of_the_traceback(rehearsal: Make, tmp_path: Path) -> None:
    one = rehearsal(program(tmp_path / "p", "def f():\n    return 1 / 0\nf()\n"), "test")
    failed = one.preview()
    assert "ZeroDivisionError" in failed.errors
    assert "__main__.py" in failed.errors
    assert "execute.py" not in failed.errors


def test_a_missing_virtual_environment_is_said_with_the_remedy(rehearsal: Make, tmp_path: Path) -> None:
    project = "name: tried\nruntime: {name: python, options: {virtualenv: nowhere}}\n"
    failed = rehearsal(program(tmp_path / "p", "", project), "test").preview()
    assert failed.code != 0
    assert "nowhere" in failed.output
    assert "pulumi install" in failed.output


COMPONENT = """
import pulumi, sys
from typing import TypedDict
from pulumi.provider.experimental import component_provider_host
class GreeterArgs(TypedDict):
    who: pulumi.Input[str]
class Greeter(pulumi.ComponentResource):
    greeting: pulumi.Output[str]
    def __init__(self, name: str, args: GreeterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("greet:index:Greeter", name, args, opts)
        self.greeting = pulumi.Output.concat("hello ", args["who"])
        self.register_outputs({"greeting": self.greeting})
component_provider_host([Greeter], "greet")
"""
USES_COMPONENT = """
import pulumi
class Greeter(pulumi.ComponentResource):
    greeting: pulumi.Output[str]
    def __init__(self, name, who):
        super().__init__("greet:index:Greeter", name, {"who": who, "greeting": None}, remote=True)
pulumi.export("greeting", Greeter("g", "world").greeting)
"""


def test_a_component_package_runs(rehearsal: Make, tmp_path: Path) -> None:
    package = tmp_path / "greet"
    package.mkdir()
    (package / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (package / "__main__.py").write_text(COMPONENT)
    project = f"name: tried\nruntime: python\nplugins:\n  providers:\n    - name: greet\n      path: {package}\n"
    one = rehearsal(program(tmp_path / "p", USES_COMPONENT, project), "test")
    one.up().check()
    assert one.outputs() == {"greeting": "hello world"}
    assert one.preview().check().changed == []


@pytest.fixture(scope="module")
def policy_environment() -> Path:
    """pulumi_policy pins older protobuf and grpc than Pulumi's SDK does: it has an environment of its own, made once."""
    folder = ROOT / ".quayside" / "cache" / f"policy-1.21.0-python{sys.version_info.major}.{sys.version_info.minor}"
    mark = folder / ".made"
    if not mark.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "pulumi_policy==1.21.0"], check=True)
        mark.touch()
    return folder


POLICY = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
def check(args, report):
    if args.resource_type == "tried:index:Loud":
        report("nothing loud here")
PolicyPack("rules", policies=[ResourceValidationPolicy("no-noise", "x", check, EnforcementLevel.MANDATORY)])
"""


def test_a_policy_pack_runs(rehearsal: Make, tmp_path: Path, policy_environment: Path) -> None:
    pack = tmp_path / "rules"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: {name: python, options: {virtualenv: venv}}\n")
    (pack / "__main__.py").write_text(POLICY)
    (pack / "venv").symlink_to(policy_environment)
    quiet = rehearsal(program(tmp_path / "quiet", "import pulumi\n"), "test")
    quiet.preview("--policy-pack", str(pack)).check()
    loud = rehearsal(program(tmp_path / "loud", "import pulumi\npulumi.ComponentResource('tried:index:Loud', 'l', {})\n"), "test2")
    (tmp_path / "loud" / "Pulumi.test2.yaml").write_text("config: {}\n")
    refused = loud.preview("--policy-pack", str(pack))
    assert refused.code != 0
    assert "nothing loud here" in refused.output
