"""The committed stacks: what makes each of them what the README says it is."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from quayside.estimate import estimate
from quayside.platform import Platform
from quayside.settings.stack import Settings
from unit.examples import CLOUDFLARE_TOKEN, TOKEN
from unit.recorder import record

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "test", "staging", "prod")
ENVIRONMENT = {"DIGITALOCEAN_TOKEN": TOKEN, "CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN}


def stack(name: str) -> Settings:
    """The settings of a committed stack, merged over the defaults, with tokens from the environment."""
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    topics = {key.removeprefix("quayside:"): value for key, value in config.items()}
    topics["defaults"] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["quayside:defaults"]["value"]
    settings, problems = Settings.check(topics, stack=name, environ=ENVIRONMENT)
    assert settings is not None and problems == []
    return settings


@pytest.mark.parametrize("name", STACKS)
def test_each_is_right_and_registers(name: str) -> None:
    settings = stack(name)
    assert settings.environment == name
    recorded = record(lambda: Platform(settings).export())
    assert recorded.one("KubernetesCluster").request.protect is not settings.disposable
    assert recorded.one("Stash").request.protect is not settings.disposable


@pytest.mark.parametrize("name", ["dev", "test"])
def test_the_small_start_is_one_node_without_a_spare_control_plane(name: str) -> None:
    cluster = stack(name).cluster
    assert (cluster.region, cluster.ha, cluster.pools) == ("sgp1", False, {})
    assert (cluster.system_pool.size, cluster.system_pool.count) == ("s-2vcpu-4gb", 1)


@pytest.mark.parametrize(("name", "ha"), [("staging", False), ("prod", True)])
def test_the_larger_ones_scale_and_stay(name: str, ha: bool) -> None:
    settings = stack(name)
    pool = settings.cluster.pools["main"]
    assert (settings.cluster.ha, settings.disposable) == (ha, False)
    assert pool.min is not None and pool.min >= 2
    assert settings.entry.replicas == 2
    assert all(service.scale and service.scale.min >= 2 for service in settings.services.values())


@pytest.mark.parametrize("name", STACKS)
def test_the_readme_says_what_each_costs(name: str) -> None:
    costs = estimate(stack(name))
    said = f"${costs.monthly}" if costs.at_most == costs.monthly else f"${costs.monthly} to ${costs.at_most}"
    (row,) = re.findall(rf"^\| `{name}` \|.*\| (\$.*) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert row == said


@pytest.mark.parametrize("name", STACKS)
def test_each_names_the_schema_that_editors_check_it_by(name: str) -> None:
    first = (ROOT / f"Pulumi.{name}.yaml").read_text().splitlines()[0]
    schema = first.partition("$schema=")[2]
    assert (ROOT / schema).is_file()
