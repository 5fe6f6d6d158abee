"""Settings of container registries that want a password."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from quayside.settings.base import Model, Rule
from quayside.settings.hosts import Domain
from quayside.settings.text import Text
from quayside.settings.types import SecretName

SERVERS = {"gitlab": "registry.gitlab.com", "ghcr": "ghcr.io", "digitalocean": "registry.digitalocean.com"}
"""Kind of a registry → its server, as each vendor's documentation has it. A GitLab of your own has another."""


class Server(Text):
    """A registry's host name, with its port and the beginning of a path where those matter."""

    pattern = rf"(?:{Domain.pattern})(:[0-9]{{1,5}})?(/[a-z0-9]([-._/a-z0-9]*[a-z0-9])?)?"
    wrong = "is not the server of a registry"
    write = (
        "write its host name without a protocol, with a port or a group's path where it needs one, such as registry.example.com:5050/acme"
    )
    examples = ("registry.example.com", "registry.example.com:5050", "registry.gitlab.com/acme")


class RegistryUser(Text):
    """The name by which one logs in to a registry."""

    pattern = r"[^\s:]+"
    wrong = "is not a user name"
    write = "write it without spaces and colons, such as gitlab+deploy-token-1"
    examples = ("gitlab+deploy-token-1",)


def server_and_user(registry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each kind needs what it does not imply."""
    kind, server = registry.get("kind"), registry.get("server")
    if kind == "other" and server is None:
        yield "server", f"is missing; {Server.write}"
    if kind in ("ghcr", "digitalocean") and isinstance(server, str) and server.partition("/")[0] != SERVERS[kind]:
        yield "server", f"is not that of {kind}; remove it (it is {SERVERS[kind]}), or write kind: other"
    if kind in ("gitlab", "ghcr", "other") and registry.get("username") is None:
        yield "username", "is missing; write whose password it is, such as a deploy token's user name"


def servers_apart(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A rule for a whole stack: one server, one password, or nobody knows which of two is used."""
    seen: dict[str, str] = {}
    registries = settings.get("registries")
    for name, registry in (registries if isinstance(registries, Mapping) else {}).items():
        if isinstance(registry, Mapping) and isinstance(registry.get("kind"), str):
            server = registry.get("server") or SERVERS.get(registry["kind"])
            if isinstance(server, str) and server in seen:
                remedy = f"narrow both down by a path, such as {server.partition('/')[0]}/acme, or remove one"
                yield f"registries.{name}", f"is for the same server as {seen[server]}; {remedy}"
            elif isinstance(server, str):
                seen[server] = str(name)


class RegistrySettings(Model):
    """A container registry that wants a password. Each service whose image comes from it gets a pull secret."""

    rules: ClassVar[tuple[Rule, ...]] = (server_and_user,)

    kind: Literal["gitlab", "ghcr", "digitalocean", "other"]
    """Whose: gitlab, ghcr (GitHub), digitalocean or other."""
    server: Server | None = None
    """Its host name; a path after it narrows it down to a group or project, where two have passwords of their own. Needed by other; a
    GitLab of your own names its registry here. Docker Hub is docker.io. Default: that of the kind."""
    username: RegistryUser | None = None
    """Who pulls: a deploy token's user name, a GitHub account. Not needed by digitalocean, whose API token is both."""
    password: SecretName
    """Name of the secret with the token that may read from it."""

    @property
    def address(self) -> str:
        """Its server, which is part of its images' names."""
        return self.server or SERVERS[self.kind]
