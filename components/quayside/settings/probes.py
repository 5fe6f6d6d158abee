"""Settings of a service's probes: how Kubernetes finds out whether a pod can answer."""

from typing import Annotated, ClassVar

from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.hosts import HostPath
from quayside.settings.service_rules import answer_within_period
from quayside.settings.types import Duration


class ProbeSettings(Model):
    """A question to a pod, asked again and again."""

    rules: ClassVar[tuple[Rule, ...]] = (answer_within_period,)

    path: HostPath | None = None
    """Path that answers an HTTP request with a status below 400. Default: none, a TCP connection is enough."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Port that is asked. Default: the service's."""
    period: Duration = Duration("5s")
    """Time from one question to the next. Default: 5s."""
    timeout: Duration = Duration("3s")
    """How long an answer may take. Default: 3s."""
    failures: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many failures in a row count. Default: 3 for readiness, 6 for liveness, for startup as many as the service's timeout has
    room for."""


class ProbesSettings(Model):
    """How Kubernetes finds out whether a pod can answer."""

    readiness: ProbeSettings = ProbeSettings()
    """Whether the pod gets requests. It is out until it answers, and whenever it fails. Default: a TCP connection to its port."""
    liveness: ProbeSettings | None = None
    """Whether the container is restarted. It helps against a hang and nothing else: under load, or while a database is away, restarts
    make matters worse. Ask a path that looks at nothing but the process itself. Default: none."""
    startup: ProbeSettings | None = None
    """Whether the container has started: the others wait for it. For what takes longer to start than its liveness probe is patient.
    Default: none."""
