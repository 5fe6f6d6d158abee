"""A cloud that fails: one reason and one remedy on each resource that failed, the next `up` completes, and nothing is there twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quayside_sandbox.clouds.digitalocean import quota
from quayside_sandbox.clouds.faults import Faults
from quayside_sandbox.rehearsal import Outcome, Rehearsal
from quayside_sandbox.sandbox import Sandbox

PROGRAMS = Path(__file__).parent / "programs"
QUICK = {"DIGITALOCEAN_HTTP_RETRY_WAIT_MIN": "0.05"}


@pytest.fixture
def faults(sandbox: Sandbox) -> Iterator[Faults]:
    one = Faults(sandbox.folder.root)
    yield one
    one.clear()
    quota.restore(sandbox.store)


def told(outcome: Outcome, name: str) -> tuple[list[str], list[str]]:
    """The errors and the remedies that stand in the block of a resource."""
    own = [one for one in outcome.diagnostics if one["urn"].endswith(f"::{name}")]
    errors = [one["message"] for one in own if one["severity"] == "error"]
    return errors, [one["message"] for one in own if one["severity"] == "info"]


def test_what_fails_is_told_once_with_its_remedy_and_the_next_up_completes(
    rehearsal: Callable[..., Rehearsal], sandbox: Sandbox, faults: Faults, tmp_path: Path
) -> None:
    account = rehearsal(shutil.copytree(PROGRAMS / "account", tmp_path / "account"), "test", variables=QUICK)
    faults.add(operation="create vpcs", status=422, times=1, message="name: is not allowed today")
    faults.add(operation="create projects", status=500, message="Server Error")
    faults.add(operation="create domains", status=503, times=1, after=True, message="Service Unavailable")
    faults.add(operation="create containerRegistries", status=429, times=1, retryAfter=0.1, message="Too many requests")
    faults.add(operation="create containerRegistries", status=503, call=2, times=1, message="Service Unavailable")
    faults.add(operation="create containerRegistries", seconds=0.2, call=3)

    failed = account.up("--continue-on-error")

    assert failed.code != 0
    assert {step.name for step in failed.steps if step.failed} == {"net", "shop", "zone"}  # the registry's client tried until it had it
    errors, remedies = told(failed, "net")
    assert "name: is not allowed today" in "".join(errors)
    assert (len(errors), remedies) == (1, [])  # it explains itself
    errors, remedies = told(failed, "shop")
    assert "Server Error; giving up after 5 attempt(s)" in "".join(errors)
    assert (len(errors), len(remedies)) == (1, 1)
    assert "status.digitalocean.com" in remedies[0]
    errors, remedies = told(failed, "zone")  # made, and nobody was told; what the repeated request met is the first one's domain
    assert (len(errors), len(remedies)) == (1, 1)
    assert "`quayside recover test`" in remedies[0]
    (domain,) = sandbox.store.list("digitalocean", "domains")

    faults.clear()
    sandbox.store.delete("digitalocean", "domains", domain["id"])  # as the remedy says
    account.up().check()
    assert account.preview().check().changed == []
    for kind in ("vpcs", "projects", "domains", "containerRegistries"):
        named = [
            each["name"] for each in sandbox.store.list("digitalocean", kind) if each["name"] in ("net", "shop", "example.com", "images")
        ]
        assert len(named) == 1, f"{kind}: {named}"


def test_a_cluster_beyond_the_quota_is_told_what_to_do(
    rehearsal: Callable[..., Rehearsal], sandbox: Sandbox, faults: Faults, tmp_path: Path
) -> None:
    refused = rehearsal(shutil.copytree(PROGRAMS / "refused", tmp_path / "refused"), "test")
    (refused.project / "Pulumi.test.yaml").write_text("config: {refused:token: {secure: 'v1:of:nobodys'}}\n")
    quota.use_up(sandbox.store)
    failed = refused.up()
    assert failed.code != 0
    errors, remedies = told(failed, "cluster")
    assert "not enough available droplet limit" in "".join(errors)
    assert len(remedies) == 1
    assert "Ask for more" in remedies[0]
    assert sandbox.store.list("digitalocean", "kubernetesClusters") == []


def test_cloudflare_that_fails_is_told_with_its_remedy_and_the_next_up_completes(
    rehearsal: Callable[..., Rehearsal], sandbox: Sandbox, faults: Faults, tmp_path: Path
) -> None:
    names = rehearsal(shutil.copytree(PROGRAMS / "records", tmp_path / "records"), "test")
    faults.add(cloud="cloudflare", operation="create dnsRecords", status=400, code=81045, times=1, message="Record quota exceeded.")
    failed = names.up("--continue-on-error")
    assert failed.code != 0
    broken = [step.name for step in failed.steps if step.failed]
    assert len(broken) == 1
    errors, remedies = told(failed, broken[0])
    assert "Record quota exceeded." in "".join(errors)
    assert (len(errors), len(remedies)) == (1, 1)
    assert "200 on the Free plan" in remedies[0]

    names.up().check()
    assert names.preview().check().changed == []
    assert len(sandbox.store.list("cloudflare", "dnsRecords")) == 2
