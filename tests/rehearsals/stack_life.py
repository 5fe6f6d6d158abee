"""What the rehearsals of the committed stacks share: one stack of the project, brought up, edited as a user would, and looked at."""

from __future__ import annotations

from collections import Counter
from typing import Any

from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Outcome, Rehearsal

from .conftest import Project

Object = dict[str, Any]


class Life:
    """One stack of the project."""

    def __init__(self, project: Project, rehearsal: Rehearsal) -> None:
        self.project, self.rehearsal = project, rehearsal

    def up(self) -> Life:
        quiet(self.rehearsal.up())
        return self

    @property
    def api(self) -> Api:
        return self.rehearsal.api()

    def edit(self, **changes: Any) -> list[str]:
        """Edits the stack's file (`services__shop__replicas=3`); returns what `up` then changes, after checking that the preview foresaw it.

        What one edit left undone would be among the changes of the next.
        """
        for key, value in changes.items():
            self.project.edit(self.rehearsal.stack, key.replace("__", "."), value)
        foreseen = quiet(self.rehearsal.preview()).changed
        done = quiet(self.rehearsal.up()).changed
        assert done == foreseen
        return done

    def records(self) -> dict[str, Object]:
        """The zone's records in the simulated Cloudflare, by name."""
        return {record["name"]: record for record in self.rehearsal.sandbox.store.list("cloudflare", "dnsRecords")}

    def balancer(self) -> Object:
        """The stack's load balancer in the simulated cloud."""
        (balancer,) = self.rehearsal.sandbox.store.list("digitalocean", "loadBalancers")
        return balancer

    def inventory(self) -> dict[str, int]:
        """How many records of each kind every simulated cloud holds, without those that the sandbox takes for granted."""
        store = self.rehearsal.sandbox.store
        found = [
            f"{cloud} {kind}"
            for cloud in store.clouds()
            for kind in store.kinds(cloud)
            for each in store.list(cloud, kind)
            if not each.get("_assumed")
        ]
        return dict(Counter(found))


def quiet(outcome: Outcome) -> Outcome:
    """Checks that a run succeeded, and that nobody warned: neither the API server (deprecated APIs, pod security) nor a provider."""
    outcome.check()
    warnings = [one["message"] for one in outcome.diagnostics if one["severity"] == "warning" and EXPECTED not in one["message"]]
    assert warnings == []
    return outcome


EXPECTED = "ingress-nginx is retired"
"""Our own warning, which is meant for users."""


def kinds(changed: list[str]) -> Counter[str]:
    """'create kubernetes:apps/v1:Deployment::shop' → how many of 'create Deployment'."""
    return Counter(f"{line.split()[0]} {line.split()[1].partition('::')[0].rpartition(':')[2]}" for line in changed)
