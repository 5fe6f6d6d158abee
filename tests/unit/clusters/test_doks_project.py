"""A cluster in a project at DigitalOcean."""

from typing import Any

import pytest

from quayside.clusters import doks
from quayside.settings.stack import Settings
from unit.examples import TOKEN, topics
from unit.recorder import Recorded, record


def cluster(project: dict[str, Any] | None) -> Recorded:
    args: Any = {"token": TOKEN, "region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}, "project": project}
    return record(lambda: doks.DoksCluster("cluster", args))


def test_none_is_the_accounts_default() -> None:
    recorded = cluster(None)
    assert (recorded.of("Project"), recorded.of("ProjectResources")) == ([], [])


def test_one_is_looked_up_by_its_name() -> None:
    recorded = cluster({"name": "shop"})
    assert recorded.of("Project") == []
    listed = recorded.one("ProjectResources")
    assert listed.inputs == {"project": "id-of-project-shop", "resources": ["do:kubernetes:id-of-cluster"]}


def test_a_move_to_another_ends_there() -> None:
    """Deletion lists the cluster in the default project: it has to come before the assignment to another one."""
    assert cluster({"name": "shop"}).one("ProjectResources").request.deleteBeforeReplace


@pytest.mark.parametrize(
    ("said", "environment"),
    [
        ({}, "Development"),
        ({"environment": "test"}, "Development"),
        ({"environment": "staging"}, "Staging"),
        ({"environment": "prod"}, "Production"),
    ],
)
def test_one_is_made(said: dict[str, str], environment: str) -> None:
    recorded = cluster({"name": "shop", "create": True, **said})
    made = recorded.one("Project")
    assert (made.inputs["name"], made.inputs["environment"]) == ("shop", environment)
    assert "resources" not in made.inputs, "it would own what others put there"
    assert recorded.one("ProjectResources").inputs["project"] == "id-of-cluster"


def test_everything_goes_through_the_explicit_provider() -> None:
    recorded = cluster({"name": "shop", "create": True})
    for each in (recorded.one("Project"), recorded.one("ProjectResources")):
        assert "pulumi:providers:digitalocean::cluster" in each.request.provider


def test_a_stacks_environment_is_its_projects() -> None:
    stack = topics()
    stack["cluster"]["project"] = {"name": "shop", "create": True}
    settings, problems = Settings.check({**stack, "environment": "staging"})
    assert settings is not None and not problems
    recorded = record(lambda: doks.from_settings("cluster", settings))
    assert recorded.one("Project").inputs["environment"] == "Staging"
