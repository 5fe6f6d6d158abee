"""`quayside check`: where outputs come from, how the cluster is asked, and what the exit status says."""

import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from quayside.checks.held import Held
from quayside.checks.index import CHECKS
from quayside.operations.check import look
from quayside.operations.command import main
from unit.checks.cluster import NOW, OUTPUTS, objects, ready

KUBECONFIG = "apiVersion: v1\nkind: Config\nusers: [{name: a, user: {token: t0p-secret}}]\n"

KUBECTL = """#!/bin/sh
# args: --kubeconfig FILE --request-timeout=… VERB KINDS …
stat -c '%a' "$2" >> "$LOG"; cat "$2" >> "$LOG"; echo "$2 $3 $4 $5" >> "$LOG"
case "$4 $5" in
  "api-resources "*) printf 'pods\\nservices\\ndeployments.apps\\nnodes\\n'; echo 'error: metrics.k8s.io is away' >&2; exit 1;;
  "get secrets") printf 'shop\\tsh.helm.release.v1.a.v1\\thelm.sh/release.v1\\t{"name":"a","version":"1","status":"%s"}\\n' "$STATUS"
                 printf 'shop\\tplain\\tOpaque\\t\\n';;
  "get "*) [ -z "$BROKEN" ] || { echo noise >&2; echo 'Unable to connect to the server: refused' >&2; exit 1; }
           echo '{"items": []}';;
esac
"""


class Shell:
    """A user's shell with a kubectl and a pulumi of the test's own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch, self.log = folder, monkeypatch, folder / "log"
        for name, value in {"PATH": f"{folder}:/usr/bin:/bin", "LOG": str(self.log), "STATUS": "deployed", "TMPDIR": str(folder)}.items():
            monkeypatch.setenv(name, value)
        self.program("kubectl", KUBECTL)

    def program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def says(self, outputs: Any) -> None:
        self.monkeypatch.setattr("sys.stdin", io.StringIO(outputs if isinstance(outputs, str) else json.dumps(outputs)))


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, monkeypatch)


def test_all_is_well(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.says({"kubeconfig": KUBECONFIG, "clusterName": "quayside-dev"})
    assert main(["check", "-"]) == 0
    assert capsys.readouterr().out == f"all is well: {len(CHECKS)} checks over 2 objects of cluster quayside-dev\n"


def test_kubectl_is_asked_once_for_what_exists_with_a_file_that_goes(shell: Shell) -> None:
    shell.says({"kubeconfig": KUBECONFIG})
    main(["check", "-"])
    log = shell.log.read_text()
    assert "--request-timeout=30s get nodes,pods,services,deployments.apps\n" in log
    assert KUBECONFIG in log
    assert {line for line in log.splitlines() if line.isdigit()} == {format(stat.S_IRUSR | stat.S_IWUSR, "o")}
    files = {line.split()[0] for line in log.splitlines() if line.startswith("/")}
    assert files and not any(map(os.path.exists, files))


def test_findings_are_lines_and_the_rest_is_said_beside_them(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.monkeypatch.setenv("STATUS", "failed")
    shell.says({"kubeconfig": KUBECONFIG})
    assert main(["check", "-", "--wait", "0"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == ["release shop/a is failed, not deployed; helm uninstall a -n shop, then pulumi up --refresh"]
    assert "1 findings" in said.err


def test_a_cluster_that_is_away_is_not_checked(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.monkeypatch.setenv("BROKEN", "1")
    shell.says({"kubeconfig": KUBECONFIG})
    assert main(["check", "-"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "Unable to connect to the server: refused; see whether it runs" in said.err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kubeconfig": "[secret]"}', '{"kubeconfig": null}'])
def test_outputs_that_hold_no_kubeconfig(shell: Shell, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    shell.says(text)
    assert main(["check", "-"]) == 2
    assert "pulumi stack output --json --show-secrets" in capsys.readouterr().err


def test_no_kubectl(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.monkeypatch.setenv("PATH", "/nowhere")
    shell.says({"kubeconfig": KUBECONFIG})
    assert main(["check", "-"]) == 2
    assert "kubectl is not on PATH; install it" in capsys.readouterr().err


def test_a_stack_is_asked_for_its_outputs(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    (shell.folder / "outputs").write_text(json.dumps({"kubeconfig": KUBECONFIG, "clusterName": "c"}))
    shell.program("pulumi", f'#!/bin/sh\necho "pulumi $@" >> "$LOG"; cat "{shell.folder}/outputs"\n')
    assert main(["check", "prod"]) == 0
    assert "pulumi stack output --json --show-secrets --non-interactive -s prod" in shell.log.read_text()
    shell.program("pulumi", "#!/bin/sh\necho 'error: no stack named prod found' >&2; exit 255\n")
    assert main(["check", "prod"]) == 2
    assert "stack prod cannot be read: error: no stack named prod found" in capsys.readouterr().err


def test_what_becomes_well_by_itself_is_no_finding() -> None:
    starting = objects()
    next(each for each in starting if each["kind"] == "HorizontalPodAutoscaler")["status"] = ready("ScalingActive", "False")
    looks = [starting, starting, objects()]
    _, found = look(lambda: Held(looks.pop(0), NOW), OUTPUTS, wait=60, pause=0)
    assert (found, looks) == ([], [])
    _, found = look(lambda: Held(starting, NOW), OUTPUTS, wait=0)
    assert len(found) == 1
