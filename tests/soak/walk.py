"""A random walk through what a stack's settings may say: from a seed, one edit after the other, each right by the library's own checks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

from quayside.settings.merge import merge
from quayside.settings.stack import ESCAPES, Settings

from .edits import EDITS, SECRETS, SMALL, Topics

ENVIRONMENT = {"DIGITALOCEAN_TOKEN": "dop_v1_" + "5a" * 32, "CLOUDFLARE_API_TOKEN": "not-a-real-cloudflare-token-" + "5a" * 6}
"""The tokens that a stack takes from its environment: the settings' own placeholders."""

DRAWS = 1000
"""So many edits in a row that are refused, or that change nothing, are a fault of the walk's."""


@dataclass(frozen=True)
class Edit:
    """One edit: what it does, and the settings after it."""

    said: str
    topics: Topics


def start(folder: Path, stack: str = "dev") -> Topics:
    """Where a walk begins: a stack as it is committed, with the defaults in it, and a secret for services to name."""
    defaults = _config(folder / "Pulumi.yaml")["quayside:defaults"]["value"]
    own = {key.removeprefix("quayside:"): value for key, value in _config(folder / f"Pulumi.{stack}.yaml").items()}
    topics: Topics = copy.deepcopy(merge(defaults, own, ESCAPES))
    for service in topics["services"].values():
        service["resources"] = SMALL
    return {**topics, "secrets": {"smtpPassword": SECRETS[0]}}


def walk(seed: int, topics: Topics, length: int) -> Iterator[Edit]:
    """The edits of a seed: the same ones each time."""
    random = Random(seed)
    for _ in range(length):
        edit = _drawn(random, topics)
        topics = edit.topics
        yield edit


def write(folder: Path, stack: str, topics: Topics) -> None:
    """Puts settings into a stack's file, and takes the defaults away, which the settings hold already."""
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    project["config"] = {}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))
    config = {f"quayside:{topic}": value for topic, value in copy.deepcopy(topics).items()}
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}, sort_keys=False))


def settings_of(topics: Topics) -> Settings | None:
    """What the library makes of them; None where its checks have something to say."""
    settings, problems = Settings.check(topics, environ=ENVIRONMENT)
    return None if problems else settings


def _drawn(random: Random, topics: Topics) -> Edit:
    before = settings_of(topics)
    for _ in range(DRAWS):
        edited = copy.deepcopy(topics)
        said = random.choice(EDITS)(random, edited)
        if said is not None and settings_of(edited) not in (None, before):  # what a default says anyway is no edit
            return Edit(said, edited)
    raise AssertionError(f"no edit of {topics} is right")


def _config(file: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(file.read_text())["config"]
    return config
