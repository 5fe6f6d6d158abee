"""The engine is killed in the middle; `quayside recover` sets the state right; nothing is there twice, and nothing is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside_sandbox.controlplane import faults
from quayside_sandbox.kube import Api
from quayside_sandbox.plugins import kill
from quayside_sandbox.rehearsal import Outcome, Rehearsal

from .conftest import processes_of

PROGRAM = Path(__file__).parent / "programs" / "kill"


class Killed:
    """The program as one stack, the moments at which its engine dies, and what is there then."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal, self.sandbox = rehearsal, rehearsal.sandbox
        self.config: dict[str, Any] = {}

    def set(self, **changes: Any) -> None:
        self.config = {**self.config, **changes}
        written = {f"kill:{key}": value for key, value in self.config.items()}
        (self.rehearsal.project / f"Pulumi.{self.rehearsal.stack}.yaml").write_text(yaml.safe_dump({"config": written}))

    def at(self, run: Callable[[], Outcome], **moment: Any) -> None:
        """Kills the engine at a moment of a run."""
        kill.set(self.sandbox.folder, kill.Moment(**moment))
        assert run().code == -signal.SIGKILL
        assert kill.struck(self.sandbox.folder)
        self.alone()

    def when(self, run: Callable[[], Outcome], reached: Callable[[], object]) -> None:
        """Kills the engine of a run once something is reached."""
        outcomes: list[Outcome] = []
        thread = threading.Thread(target=lambda: outcomes.append(run()))
        thread.start()
        try:
            while thread.is_alive() and not reached():
                time.sleep(0.2)
        finally:
            for pid, command in processes_of(self.sandbox.folder.root).items():
                if "/engine/pulumi " in command:
                    os.kill(pid, signal.SIGKILL)
            thread.join()
        assert outcomes[0].code == -signal.SIGKILL, outcomes[0].output
        self.alone()

    def alone(self) -> None:
        """Nothing that the engine had started is left: plugins, program, helm."""
        until = time.monotonic() + 30
        while left := [command for command in processes_of(self.sandbox.folder.root).values() if _of_a_run(command)]:
            assert time.monotonic() < until, left
            time.sleep(0.2)

    def recover(self, *words: str, code: int = 0) -> str:
        environment = self.sandbox.environment(**self.rehearsal.variables)
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        environment["PATH"] = os.pathsep.join([str(self.sandbox.folder.binaries), environment["PATH"]])
        command = [sys.executable, "-m", "quayside.operations.command", "recover", self.rehearsal.stack, *words]
        answer = subprocess.run(command, env=environment, cwd=self.rehearsal.project, capture_output=True, text=True, timeout=300)
        assert answer.returncode == code, answer.stdout + answer.stderr
        return answer.stdout + answer.stderr

    def up(self) -> list[str]:
        changed = self.rehearsal.up().check().changed
        assert self.rehearsal.preview().check().changed == []
        return changed

    def counts(self) -> dict[str, int]:
        store = self.sandbox.store
        kinds = [(cloud, kind) for cloud in ("digitalocean", "cloudflare") for kind in store.kinds(cloud)]
        return {f"{cloud} {kind}": len(found) for cloud, kind in kinds if (found := store.list(cloud, kind))}


def _of_a_run(command: str) -> bool:
    return any(word in command for word in ("quayside_sandbox.plugins", "pulumi-language", "quayside_sandbox.language", "/bin/helm"))


@pytest.fixture(scope="module")
def kubeconfig(sandbox: Any) -> str:
    return str(sandbox.local_cluster("killed", nodes=[{"name": "one", "cpu": "2", "memory": "4Gi", "pods": "110"}]))


@pytest.fixture
def killed(rehearsal: Callable[..., Rehearsal], tmp_path: Path) -> Killed:
    return Killed(rehearsal(shutil.copytree(PROGRAM, tmp_path / "kill"), "test", checkpoints=True))


def test_what_was_made_at_the_clouds_is_taken_up(killed: Killed) -> None:
    killed.set(parts=["network"])
    before = killed.counts()
    killed.at(killed.rehearsal.up, type="digitalocean:index/vpc:Vpc", when="after")
    again = killed.rehearsal.up()
    assert "interrupted while creating" in "\n".join(again.warnings)
    assert "a VPC with that name already exists" in again.errors  # the next run says so, and makes no second one
    said = killed.recover("--yes")
    assert "taken up        digitalocean:index/vpc:Vpc  net  id " in said

    zone = killed.sandbox.store.create(
        "cloudflare", "zones", {"name": "example.com", "account": {"id": "a"}, "status": "active"}, id="5a" * 16
    )
    killed.set(parts=["network", "names"])
    killed.at(killed.rehearsal.up, type="cloudflare:*", when="after")
    assert "holds the stack's lock" in killed.recover("--yes", code=1)  # as after any killed run, until somebody says that it is dead
    assert "taken up        cloudflare:index/dnsRecord:DnsRecord  names-www" in killed.recover("--yes", "--cancel")
    assert killed.up() == []
    once = {"digitalocean vpcs": before["digitalocean vpcs"] + 1, "cloudflare zones": 1, "cloudflare dnsRecords": 1}
    assert killed.counts() == {**before, **once}

    killed.at(killed.rehearsal.destroy, type="cloudflare:*", when="after", operation="delete")
    assert "looked at again cloudflare:index/dnsRecord:DnsRecord  names-www" in killed.recover("--yes", "--cancel")
    killed.rehearsal.destroy().check()
    killed.sandbox.store.delete("cloudflare", "zones", zone["id"])
    assert killed.counts() == before
    assert "no operations begun and not ended" in killed.recover()


def test_what_was_made_in_a_cluster_is_taken_up(killed: Killed, kubeconfig: str) -> None:
    killed.rehearsal.variables["CLUSTER_KUBECONFIG"] = kubeconfig
    api: Api = killed.rehearsal.api("killed")
    killed.set(parts=["objects"])
    killed.at(killed.rehearsal.up, type="kubernetes:core/v1:Service", when="before")
    assert "cleared         kubernetes:core/v1:Service  web  (was never made)" in killed.recover("--yes", "--cancel")

    killed.at(killed.rehearsal.up, type="kubernetes:core/v1:Service", when="after")
    assert "taken up        kubernetes:core/v1:Service  web  id shop/web" in killed.recover("--yes", "--cancel")
    killed.set(port=81)  # a change of what the killed run wrote is no conflict with it
    assert killed.up() == ["update kubernetes:core/v1:Service::web"]
    assert api.get("v1", "Service", "web", "shop")["spec"]["ports"][0]["port"] == 81
    killed.rehearsal.destroy().check()
    assert api.find("v1", "Namespace", "shop") is None


def test_a_release_in_the_middle_is_ended(killed: Killed, kubeconfig: str) -> None:
    killed.rehearsal.variables["CLUSTER_KUBECONFIG"] = kubeconfig
    api: Api = killed.rehearsal.api("killed")
    folder = killed.sandbox.folder

    def pending(status: str) -> object:
        return api.list("v1", "Secret", "metrics-server", labels=f"owner=helm,status={status}")

    killed.set(parts=["release"])
    faults.set(folder, "never-ready", "pod=metrics-server/*")
    killed.when(killed.rehearsal.up, lambda: pending("pending-install"))
    faults.clear(folder)
    said = killed.recover("--yes", "--cancel")
    assert "helm uninstall metrics-server --namespace metrics-server" in said
    killed.rehearsal.up().check()

    killed.set(revision="2")
    faults.set(folder, "never-ready", "pod=metrics-server/*")
    killed.when(killed.rehearsal.up, lambda: pending("pending-upgrade"))
    faults.clear(folder)
    assert "another operation (install/upgrade/rollback) is in progress" in killed.rehearsal.up().errors
    said = killed.recover("--yes")
    assert "helm rollback metrics-server 1 --namespace metrics-server" in said
    assert killed.up() == ["update kubernetes:helm.sh/v3:Release::metrics-server"]
    killed.rehearsal.destroy().check()
    assert api.find("v1", "Namespace", "metrics-server") is None
