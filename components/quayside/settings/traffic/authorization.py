"""Authorization: who may call a service, by the identity that the mesh gives each ServiceAccount."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from quayside.settings.base import Model, empty
from quayside.settings.traffic.words import A_LIST, Caller, Method, RequestPath

ONE_IS_ENOUGH = True
"""The mesh asks everyone who comes to the pods, through whichever entry."""


class CallerSettings(Model):
    """What a caller may ask for."""

    methods: Annotated[list[Method], A_LIST] = Field(default_factory=list)
    """Methods, such as GET. Default: all."""
    paths: Annotated[list[RequestPath], A_LIST] = Field(default_factory=list)
    """Paths, such as /orders or /orders/*. Default: all."""

    @property
    def in_part(self) -> bool:
        """Whether it may ask for some things only: whoever checks that has to read requests, not only connections."""
        return bool(self.methods or self.paths)


class AuthorizationSettings(Model):
    """Who may call the service: its own namespace, the entry where the service has hosts, and those that are named. All others are refused.

    Callers are known by the certificate that the mesh gives each ServiceAccount, so that one without it is nobody, and refused. `access` does
    the same by addresses, for whole namespaces and without a mesh.
    """

    allow: dict[Annotated[str, Caller], CallerSettings] = empty()
    """Who else may call: the name of a service of this stack, or namespace/ServiceAccount → what it may ask for."""
    own_namespace: bool = True
    """Whether all in the service's own namespace may. Default: true."""


def refused(spec: AuthorizationSettings, plane: str) -> Iterator[tuple[str, str]]:
    """What a data plane cannot do of it (see outlier_detection)."""
    if plane not in ("sidecar", "ambient"):
        wrong = "needs the identities that a mesh gives to callers, and no entry has them"
        yield "", f"{wrong}; write mesh.mode: sidecar (or ambient), or access: namespace, which goes by namespaces"
