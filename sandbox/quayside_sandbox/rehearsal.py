"""Runs a Pulumi program with the real engine in a sandbox and says what the engine did."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import clusters
from .controlplane import measured
from .engine import ensure_stack, real_pulumi
from .kube import Api
from .sandbox import Sandbox
from .visitor import Answer, View, ask

# Every step the engine takes that changes nothing.
QUIET = {"same", "read", "refresh", "read-discard"}
# A replacement is reported as one 'replace' and these two.
PARTS = {"create-replacement", "delete-replaced"}


@dataclass(frozen=True)
class Step:
    """One thing the engine did or would do to a resource."""

    op: str
    type: str
    name: str
    urn: str
    replace_reasons: tuple[str, ...] = ()
    detailed_diff: dict[str, str] = field(default_factory=dict)
    failed: bool = False

    @property
    def short(self) -> str:
        return f"{self.op} {self.type}::{self.name}"


@dataclass(frozen=True)
class Outcome:
    """What one command of the engine came to."""

    command: str
    code: int
    steps: list[Step]
    diagnostics: list[dict[str, Any]]
    output: str

    @property
    def changes(self) -> list[Step]:
        """The steps that change something, the stack's own entry left out; a replacement counts once."""
        return [step for step in self.steps if step.op not in QUIET | PARTS and step.type != "pulumi:pulumi:Stack"]

    @property
    def changed(self) -> list[str]:
        """'op type::name' of each change, sorted; for comparisons in tests."""
        return sorted(step.short for step in self.changes)

    @property
    def counts(self) -> Counter[str]:
        return Counter(step.op for step in self.steps)

    @property
    def errors(self) -> str:
        """All error messages, as the user sees them."""
        return "\n".join(one["message"] for one in self.diagnostics if one["severity"] == "error")

    @property
    def warnings(self) -> list[str]:
        return [one["message"] for one in self.diagnostics if one["severity"] == "warning"]

    def check(self) -> Outcome:
        """Raises RehearsalFailed with the engine's own words where the command failed."""
        if self.code:
            raise RehearsalFailed(f"'pulumi {self.command}' ended with {self.code}:\n{self.errors or self.output[-4000:]}")
        return self


class RehearsalFailed(AssertionError):
    """The engine ended with an error that the test did not expect."""


class Rehearsal:
    """One stack of one program in one sandbox."""

    def __init__(
        self, sandbox: Sandbox, project: Path, stack: str, *, variables: dict[str, str] | None = None, checkpoints: bool = False
    ) -> None:
        self.sandbox, self.project, self.stack = sandbox, project, stack
        self.variables = dict(variables or {})
        self._visitors: dict[tuple[str, str], Api] = {}
        if not checkpoints:  # rewriting the state at each step is quadratic, and a rehearsal throws its state away
            self.variables["PULUMI_SKIP_CHECKPOINTS"] = "true"

    def preview(self, *arguments: str) -> Outcome:
        return self.run("preview", *arguments)

    def up(self, *arguments: str) -> Outcome:
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def refresh(self, *arguments: str) -> Outcome:
        return self.run("refresh", "--yes", "--skip-preview", *arguments)

    def destroy(self, *arguments: str) -> Outcome:
        return self.run("destroy", "--yes", "--skip-preview", *arguments)

    def run(self, command: str, *arguments: str, timeout: float = 900) -> Outcome:
        """Runs one command of the engine and reads its events."""
        environment = self.sandbox.environment(**self.variables)
        copy = ensure_stack(self.sandbox.folder, self.project, self.stack, environment)
        words = [command, "-s", self.stack, "--config-file", str(copy), "--non-interactive", "--json", *arguments]
        if command == "preview":
            environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "true"
        answer = subprocess.run(
            [real_pulumi(self.sandbox.folder), *words], env=environment, cwd=self.project, capture_output=True, text=True, timeout=timeout
        )
        events = list(_events(answer.stdout.splitlines()))
        # The events of `--json` hold the SDK's debug messages, which nobody sees who did not ask for them.
        output = "".join(line for line in answer.stdout.splitlines(keepends=True) if '"severity":"debug"' not in line) + answer.stderr
        return Outcome(f"{command} {' '.join(arguments)}".strip(), answer.returncode, _steps(events), _diagnostics(events), output)

    def outputs(self, show_secrets: bool = False) -> dict[str, Any]:
        words = ["stack", "output", "-s", self.stack, "--json", *(["--show-secrets"] if show_secrets else [])]
        outputs: dict[str, Any] = json.loads(self._plain(words))
        return outputs

    def exported(self) -> dict[str, Any]:
        """The stack's state, secrets encrypted."""
        state: dict[str, Any] = json.loads(self._plain(["stack", "export", "-s", self.stack]))
        return state

    def unprotect(self) -> None:
        """Lets a `destroy` take what is protected."""
        self._plain(["state", "unprotect", "--all", "--yes", "-s", self.stack])

    def has_resources(self) -> bool:
        """Whether the stack's state still holds anything but the stack itself."""
        try:
            resources = self.exported()["deployment"].get("resources") or []
        except RehearsalFailed:  # the stack was never made
            return False
        return any(resource["type"] != "pulumi:pulumi:Stack" for resource in resources)

    def api(self, name: str | None = None, **options: Any) -> Api:
        """A client of the cluster with this name, or of the newest."""
        return clusters.api(self._record(name), **options)

    def measured(self, pattern: str, *values: float) -> None:
        """From now on, a Prometheus of the sandbox answers queries that match (by name or text) with these samples; none is no answer."""
        measured.set(self.sandbox.folder, pattern, values)

    def asks(
        self, host: str, target: str = "/", *, scheme: str = "https", headers: dict[str, str] | None = None, cluster: str | None = None
    ) -> list[Answer]:
        """What a visitor of a host meets now, address by address; a few lists, cheap enough to ask all the time.

        `target` is the path, with a query where there is one.
        """
        return ask(self.view(cluster), host, target, scheme=scheme, headers=headers)

    def view(self, name: str | None = None) -> View:
        """The cluster with this name, or the newest, and the world's DNS at this moment: for many `visitor.ask` of one look."""
        record = self._record(name)
        key = (record["endpoint"], record["_token"])
        if key not in self._visitors:  # one client for each cluster: it knows the kinds, and keeps its connections
            self._visitors[key] = clusters.api(record)
        return View.read(self.sandbox.store, record["cloud"], record["id"], self._visitors[key])

    def _record(self, name: str | None) -> dict[str, Any]:
        records = [record for record in clusters.running(self.sandbox) if name in (None, record["name"])]
        if not records:
            raise RehearsalFailed(f"no cluster {name or ''} runs in the sandbox")
        return records[-1]

    def _plain(self, words: list[str]) -> str:
        environment = self.sandbox.environment(**self.variables)
        answer = subprocess.run(
            [real_pulumi(self.sandbox.folder), *words, "--non-interactive"],
            env=environment,
            cwd=self.project,
            capture_output=True,
            text=True,
        )
        if answer.returncode:
            raise RehearsalFailed(f"'pulumi {' '.join(words)}' failed: {answer.stderr}")
        return answer.stdout


def _events(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    for line in lines:
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _steps(events: Iterable[dict[str, Any]]) -> list[Step]:
    steps: dict[tuple[str, str], Step] = {}
    for event in events:
        for key in ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"):
            if key in event:
                metadata = event[key]["metadata"]
                old = steps.get((metadata["urn"], metadata["op"]))
                failed = key == "resOpFailedEvent" or (old.failed if old else False)
                steps[(metadata["urn"], metadata["op"])] = _step(metadata, failed)
    return list(steps.values())


def _step(metadata: dict[str, Any], failed: bool) -> Step:
    detailed = {path: diff.get("diffKind") or diff.get("kind") for path, diff in (metadata.get("detailedDiff") or {}).items()}
    name = metadata["urn"].rpartition("::")[2]
    return Step(metadata["op"], metadata["type"], name, metadata["urn"], tuple(metadata.get("keys") or ()), detailed, failed)


def _diagnostics(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for event in events:
        one = event.get("diagnosticEvent")
        if one and not one.get("ephemeral") and one["severity"] in ("error", "warning", "info#err", "info"):
            found.append({"severity": one["severity"], "urn": one.get("urn", ""), "message": one["message"]})
    return found
