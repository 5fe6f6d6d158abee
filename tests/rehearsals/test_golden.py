"""The recorded truth: our kubernetes plugin does what the official one was recorded doing (shared data, golden/README.md)."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.rehearsal import Rehearsal

from . import golden_program

VARIANTS = ("default", "upsert")  # the folders of the recordings

JOB_RACE = (
    "a replaced Job is deleted in the foreground, and with skipAwait nobody waits for that: whether its name is free again when the new "
    "one comes is chance (golden/README.md); in the recording it was not in one variant, and the next phase did the rest"
)

# (variant, phase, part, resource) → why our plugin may differ from the recording there.
ACCEPTED: dict[tuple[str, str, str, str], str] = {
    (variant, phase, part, resource): JOB_RACE
    for variant in VARIANTS
    for phase, part, resource in (
        ("1-update", "up", "exit"),
        ("1-update", "up", "create-replacement kubernetes:batch/v1:Job::job"),
        ("1-update", "errors", "kubernetes:batch/v1:Job::job"),
        ("2-replace", "up", "delete-replaced kubernetes:core/v1:ConfigMap::cm-auto"),
    )
}


Differences = dict[str, list[golden_program.Difference]]


@pytest.fixture(scope="module")
def differences(sandbox: Any, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Differences:
    """Both variants side by side: most of their time they wait."""

    def run(variant: str) -> list[golden_program.Difference]:
        folder = tmp_path_factory.mktemp(variant)
        # Two nodes, neither with the 64 GiB that phase 3 asks for.
        nodes = [{"name": f"{variant}-{number}", "cpu": "4", "memory": "8Gi", "pods": "110"} for number in (1, 2)]
        kubeconfig = folder / "kubeconfig.yaml"
        kubeconfig.write_text(sandbox.local_cluster(f"golden-{variant}", nodes=nodes))
        program = folder / "golden"
        shutil.copytree(shared_data / "golden" / "program", program, copy_function=shutil.copyfile)
        program.chmod(0o755)
        variables = {"KUBECONFIG": str(kubeconfig), "UPSERT": "1" if variant == "upsert" else ""}
        stack = Rehearsal(sandbox, program, variant, variables=variables)
        api = stack.api(f"golden-{variant}")
        found: list[golden_program.Difference] = []
        carried: set[str] = set()
        for number, phase in enumerate(golden_program.PHASES):
            ours = golden_program.run_phase(stack, number, api)
            theirs = golden_program.recorded(shared_data / "golden" / variant, phase)
            found += golden_program.compare(phase, theirs, ours, carried)
            carried = golden_program.left_over(theirs, ours)
        return found

    with ThreadPoolExecutor(len(VARIANTS)) as pool:
        return dict(zip(VARIANTS, pool.map(run, VARIANTS), strict=True))


@pytest.mark.parametrize("variant", VARIANTS)
def test_our_plugin_does_what_the_official_one_did(variant: str, differences: Differences) -> None:
    unexpected = [one for one in differences[variant] if (variant, one.phase, one.part, one.resource) not in ACCEPTED]
    assert not unexpected, "\n" + "\n".join(map(str, unexpected))
