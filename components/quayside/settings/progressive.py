"""Settings of progressive delivery: a new version of a service takes over by itself, step by step, as long as it passes its checks."""

from typing import Annotated, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.progressive_rules import steps_lead_up
from quayside.settings.types import Duration, ShortDuration


class ProgressiveSettings(Model):
    """How a new version takes over: its share of the requests grows, while Argo Rollouts asks the stack's Prometheus how it does. A version
    that fails is taken back by itself; one that nobody asks for anything is waited with."""

    rules: ClassVar[tuple[Rule, ...]] = (steps_lead_up,)
    known: ClassVar[frozenset[str]] = frozenset({"step", "interval", "most", "success_rate", "latency"})

    step: Annotated[int, Field(ge=1, le=100)] = 10
    """By how much its share of the requests grows at a time, in percent. Default: 10."""
    interval: Duration = Duration("2m")
    """Time from one step to the next, in which it is measured twice; 1m or more. Default: 2m."""
    most: Annotated[int, Field(ge=1, le=100)] = 50
    """Share of the requests, in percent, that it has passed its checks with before it gets all of them. Default: 50."""
    success_rate: Annotated[float, Field(gt=0, le=100)] = 99
    """Share of its requests, in percent, that must be answered without an error of the service's. Default: 99."""
    latency: ShortDuration = ShortDuration("500ms")
    """Time in which 99 of 100 of its requests must be answered. Default: 500ms."""
