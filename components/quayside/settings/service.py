"""Settings of one service."""

from typing import Annotated, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule, empty
from quayside.settings.rules import requests_within_limits, variables_once
from quayside.settings.types import Cpu, Duration, Image, LabelKey, LabelValue, Memory, Name, SecretName, Value, Variable


class RequestSettings(Model):
    """What a pod asks for: the scheduler reserves it."""

    cpu: Cpu = Cpu("250m")
    """CPU in cores or thousandths. Default: 250m."""
    memory: Memory = Memory("128Mi")
    """Memory in bytes with a unit. Default: 128Mi."""


class LimitSettings(Model):
    """What a pod may have at most: beyond it the CPU is throttled, and memory ends the container."""

    cpu: Cpu = Cpu("1000m")
    """CPU in cores or thousandths. Default: 1000m."""
    memory: Memory = Memory("500Mi")
    """Memory in bytes with a unit. Default: 500Mi."""


class ResourceSettings(Model):
    """CPU and memory of one pod."""

    rules: ClassVar[tuple[Rule, ...]] = (requests_within_limits,)

    requests: RequestSettings = RequestSettings()
    """What a pod asks for."""
    limits: LimitSettings = LimitSettings()
    """What a pod may have at most."""


class ServiceSettings(Model):
    """A service: one image that runs in a number of pods and answers on one port."""

    rules: ClassVar[tuple[Rule, ...]] = (variables_once,)

    image: Image
    """Container image with a fixed tag or digest."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """Port on which the container listens; inside the cluster the service answers on port 80. Default: 8080."""
    replicas: Annotated[int, Field(ge=0, le=1000)] = 1
    """Number of pods. Default: 1."""
    namespace: Name | None = None
    """A namespace to share with other services. Default: one of its own, named like the service."""
    resources: ResourceSettings = ResourceSettings()
    """CPU and memory of one pod."""
    env: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables that stand in the pod itself: name → value. A change rolls the pods."""
    config: dict[Annotated[str, Variable], Value] = empty()
    """Environment variables from a ConfigMap that is named after its content: name → value. A change rolls the pods, a rollback finds
    the old one."""
    secrets: dict[Annotated[str, Variable], SecretName] = empty()
    """Environment variables from secrets: name → name of an entry of quayside:secrets. A change rolls the pods."""
    labels: dict[Annotated[str, LabelKey], LabelValue] = empty()
    """Further labels of all its objects: key → value."""
    timeout: Duration = Duration("5m")
    """How long a rollout may take before it counts as failed. Default: 5m."""
