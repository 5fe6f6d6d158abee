"""A sandbox and an engine in memory: a stack of one network, and what tests want to go wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.folder import Folder
from quayside_sandbox.rehearsal import Outcome, Rehearsal, Step
from quayside_sandbox.rehearse import phases
from quayside_sandbox.rehearse.origin import Origin
from quayside_sandbox.rehearse.report import Report
from quayside_sandbox.sandbox import Sandbox
from quayside_sandbox.steps import Steps

URN = "urn:pulumi:dev::shop::digitalocean:index/vpc:Vpc::net"
STILL = Step("same", "pulumi:pulumi:Stack", "shop-dev", "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev")
PROTECTED = 'resource "urn" cannot be deleted because it is protected'


def outcome(command: str, error: str = "", *steps: Step) -> Outcome:
    diagnostics = [{"severity": "error", "urn": URN, "message": error}] if error else []
    return Outcome(command, 255 if error else 0, list(steps), diagnostics, "")


class World:
    """Stands for Rehearsal, and keeps what its sandbox holds. `fail` names commands that fail with these words."""

    def __init__(self, folder: Path, protect: bool = False, **fail: str) -> None:
        folder.mkdir(exist_ok=True)
        self.project = folder
        self.sandbox = Sandbox(Folder(folder / "sandbox"))
        self.sandbox.start = lambda *_, **__: None  # type: ignore[method-assign]
        self.store = Store(self.sandbox.folder.clouds)
        self.store.create("digitalocean", "vpcs", {"name": "default"}, id="default")
        self.protect, self.fail = protect, fail
        self.resources: list[dict[str, Any]] = []
        self.variables: dict[str, str] = {}
        self.restless = False
        self.told = [STILL]  # by previews and refreshes
        self.forgetful = False  # a destroy that leaves the network at the cloud

    def up(self) -> Outcome:
        if "up" not in self.fail:
            self.store.create("digitalocean", "vpcs", {"name": "net"}, id="net")
            self.resources = [{"type": "digitalocean:index/vpc:Vpc", "urn": URN, "id": "net", "protect": self.protect}]
        return outcome("up", self.fail.get("up", ""))

    def preview(self) -> Outcome:
        update = Step("update", "digitalocean:index/vpc:Vpc", "net", URN, detailed_diff={"description": "update"})
        return outcome("preview", self.fail.get("preview", ""), *self.told, *([update] if self.restless else []))

    def refresh(self) -> Outcome:
        return outcome("refresh", self.fail.get("refresh", ""), *self.told)

    def destroy(self) -> Outcome:
        if any(one["protect"] for one in self.resources):
            return outcome("destroy", self.fail.get("refused", PROTECTED))
        if "destroy" not in self.fail:
            self.resources = []
            if not self.forgetful:
                self.store.delete("digitalocean", "vpcs", "net")
        return outcome("destroy", self.fail.get("destroy", ""))

    def unprotect(self) -> None:
        for one in self.resources:
            one["protect"] = False

    def exported(self) -> dict[str, Any]:
        return {"deployment": {"resources": self.resources}}

    def has_resources(self) -> bool:
        return bool(self.resources)

    def rehearse(self, monkeypatch: Any, origin: Origin | None = None, settings: str = "") -> Report:
        """The report, after all phases."""
        (self.project / "Pulumi.dev.yaml").write_text(f"config: {{{settings}}}\n")
        make: Callable[..., Rehearsal] = lambda *_, **__: cast("Rehearsal", self)  # noqa: E731
        monkeypatch.setattr(phases, "Rehearsal", make)
        report = Report("dev", "")
        phases.rehearse(report, self.sandbox, self.project, steps=Steps(Console(file=StringIO())), origin=origin)
        return report
