"""The settings of one stack as a whole: read, merged over the defaults, checked, typed."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Self, get_args

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import Field, ValidationError

from quayside.settings import (
    certificate_rules,
    direct_rules,
    entry_hosts,
    host_rules,
    mesh_rules,
    moving,
    name_rules,
    observability,
    progressive_rules,
    protocol_rules,
    versions_rules,
)
from quayside.settings.base import Model, Rule, empty
from quayside.settings.bounds import MAX_DEPTH, outside
from quayside.settings.capacity import services_fit
from quayside.settings.certificates import CertificateSettings
from quayside.settings.charts import ChartSettings
from quayside.settings.cluster import ClusterSettings
from quayside.settings.entry import EntrySettings, clients_are_known, definitions_can_be_fetched
from quayside.settings.hosts import Domain
from quayside.settings.merge import ANY, merge
from quayside.settings.mesh import MeshSettings
from quayside.settings.moving import LeavingSettings, of_both
from quayside.settings.names import NameSettings
from quayside.settings.observability import ObservabilitySettings
from quayside.settings.port_names import patched_ports_say_what_they_speak
from quayside.settings.problems import SHOWN, InvalidSettings, Problem, did_you_mean, problems_of, spoken
from quayside.settings.registries import RegistrySettings, servers_apart
from quayside.settings.rules import namespaces_apart
from quayside.settings.secrets import SecretSettings, SecretText
from quayside.settings.service import ServiceSettings
from quayside.settings.traffic import stack_rules
from quayside.settings.traffic.rate_limiters import rate_limiters_have_names
from quayside.settings.traffic.rules import planes_can_do_it
from quayside.settings.types import CloudflareToken, DigitalOceanToken, Environment, Name

ESCAPES = (
    ("entry", "values"),
    ("entryMigratingFrom", "values"),
    ("certificates", "values"),
    ("mesh", "values"),
    ("services", ANY, "patches"),
    ("services", ANY, "traffic"),
    ("observability", ANY, "values"),
)
"""Where a stack writes a chart's values, an object's fields or over a profile: null there takes away what we set, not what the defaults
say."""

NAMESPACE = "quayside"
DEFAULTS = "defaults"

FROM_ENVIRONMENT = {
    "DIGITALOCEAN_TOKEN": ("secrets", "digitaloceanToken"),
    "CLOUDFLARE_API_TOKEN": ("secrets", "cloudflareToken"),
    "QUAYSIDE_CHART_MIRROR": ("charts", "mirror"),
}
"""Environment variables that stand in for a setting which the stack does not make."""


_SET = "`pulumi config set --secret --path"
_PLACEHOLDERS = frozenset([*CloudflareToken.examples, *DigitalOceanToken.examples, *SecretText.examples])


class Settings(Model):
    """Everything a stack says. A value of this class has been checked; see `from_stack`."""

    rules: ClassVar[tuple[Rule, ...]] = (
        namespaces_apart,
        services_fit,
        of_both(clients_are_known),
        definitions_can_be_fetched,
        servers_apart,
        *name_rules.RULES,
        *host_rules.RULES,
        *direct_rules.RULES,
        *map(of_both, entry_hosts.RULES),
        *certificate_rules.RULES,
        of_both(planes_can_do_it),
        *map(of_both, stack_rules.RULES),
        rate_limiters_have_names,
        *mesh_rules.RULES,
        *observability.RULES,
        *map(of_both, protocol_rules.STACK_RULES),
        of_both(patched_ports_say_what_they_speak),
        *map(of_both, versions_rules.STACK_RULES),
        *progressive_rules.STACK_RULES,
        *moving.RULES,
    )

    environment: Environment = "dev"
    """What the stack is for: dev, test, staging or prod. Default: the stack's name where it is one of these, else dev."""
    disposable: bool = False
    """Whether the stack may be lost: its cluster is not protected, and goes with all its volumes and load balancers. Default: false."""
    domain: Domain | None = None
    """The domain of the stack's hosts; it completes short ones. Default: none, and nothing is reached from outside by name."""
    namespace_suffix: Name | None = None
    """What the services' namespaces end with, after a hyphen, such as the stack's name: for clusters that log to one place, where
    namespaces are told apart by name alone. A change moves all services. Default: none."""
    cluster: ClusterSettings
    """The Kubernetes cluster."""
    entry: EntrySettings = EntrySettings()
    """What takes requests from outside and leads them to services."""
    entry_migrating_from: LeavingSettings | None = None
    """The entry that is being left: both run, each with its own address, and names move from it to the new one, by weight or host by host.
    Default: none."""
    mesh: MeshSettings = MeshSettings()
    """Istio: the mesh between the services, and the control plane of the entries gateway-api and istio."""
    certificates: CertificateSettings = CertificateSettings()
    """Certificates by cert-manager."""
    names: NameSettings = NameSettings()
    """Names in DNS, at Cloudflare or by hand."""
    observability: ObservabilitySettings = ObservabilitySettings()
    """Metrics, dashboards, the mesh as a graph, traces. Off unless switched on."""
    charts: ChartSettings = ChartSettings()
    """Where Helm charts come from."""
    registries: dict[Annotated[str, Name], RegistrySettings] = empty()
    """Container registries that want a password: name → registry."""
    services: dict[Annotated[str, Name], ServiceSettings] = empty()
    """Services: name → service."""
    secrets: SecretSettings = Field(default_factory=lambda: SecretSettings(), repr=False)
    """Secret values, the only place for them."""

    def secret(self, name: str) -> pulumi.Output[str]:
        """The secret of that name, as a secret Output. `check` has made sure that each name in use exists."""
        return pulumi.Output.secret(self.secrets.named()[name])

    def left(self) -> Self | None:
        """The same stack as if the entry that is being left were its only one. None where it leaves none."""
        leaving = self.entry_migrating_from
        return self.model_copy(update={"entry": leaving.entry(), "entry_migrating_from": None}) if leaving else None

    @classmethod
    def from_stack(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check the configuration of the stack that is being run.

        environ: where stand-ins for missing settings are looked up (FROM_ENVIRONMENT).
        Raises InvalidSettings with every problem at once, before any resource is registered.
        """
        stack = pulumi.get_stack()
        topics = _configuration()
        settings, problems = cls.check(topics, stack=stack, environ=environ)
        problems += list(_exposed(topics))
        if settings is None or problems:
            raise InvalidSettings(f"the settings of stack {stack}", [_line(each, topics, environ, stack) for each in problems])
        return settings

    @classmethod
    def check(cls, topics: Mapping[str, Any], *, stack: str = "dev", environ: Mapping[str, str] = {}) -> tuple[Self | None, list[Problem]]:
        """Check plain settings, without Pulumi.

        topics: what stands under quayside: in the stack's file, with `defaults` from Pulumi.yaml beside it.
        Returns the settings, or None where they are not even of the right shape, and the problems.
        """
        if beyond := outside(topics):
            return None, beyond
        defaults = topics.get(DEFAULTS) or {}
        if not isinstance(defaults, Mapping):
            return None, [Problem((DEFAULTS,), "is not a map; write topics below it, indented")]
        spec = merge(defaults, {key: value for key, value in topics.items() if key != DEFAULTS}, ESCAPES)
        if stack in get_args(Environment):
            spec.setdefault("environment", stack)
        for variable, (topic, key) in FROM_ENVIRONMENT.items():
            if environ.get(variable) and isinstance(spec.setdefault(topic, {}), dict):
                spec[topic].setdefault(key, environ[variable])
        problems = [*_shared_secrets(defaults), *_missing_secrets(spec), *_missing_token(spec)]
        try:
            return cls.model_validate(spec), problems
        except ValidationError as error:
            return None, problems_of(error, cls) + problems


def _configuration() -> dict[str, Any]:
    """All keys of our namespace, also those that nobody asked for: an unknown one must not be overlooked."""
    raw = {**get_config_env(), **CONFIG.get()}
    return {key.removeprefix(f"{NAMESPACE}:"): _parsed(value) for key, value in raw.items() if key.startswith(f"{NAMESPACE}:")}


def _parsed(value: Any) -> Any:
    """Pulumi hands maps, numbers and truth values over as JSON, and text as it stands."""
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value
    except RecursionError:  # Python reads a thousand levels: as deep as is needed to be told so with all other problems
        nested: dict[str, Any] = {}
        for _ in range(MAX_DEPTH):
            nested = {"…": nested}
        return nested


def _shared_secrets(defaults: Mapping[str, Any]) -> Iterator[Problem]:
    """Secrets are a stack's own: those of prod are not for whoever runs dev."""
    if "secrets" in defaults:
        yield Problem((DEFAULTS, "secrets"), "may not stand in the defaults; write secrets in the file of each stack")


def _missing_secrets(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Names of secrets that no secret has."""
    known = _map(spec.get("secrets"))
    hints = iter(range(SHOWN))  # one takes longer, the more secrets there are
    for path, name in _secrets_in_use(spec):
        if isinstance(name, str) and name not in known:
            hint = f" ({did_you_mean(name, known)})" if next(hints, None) is not None else ""
            wrong = f"names a secret that does not exist{hint}"
            yield Problem(path, f"{wrong}; set it with {_SET} quayside:secrets.<name>`")


def _secrets_in_use(spec: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Where a secret is named, and the name."""
    for service, settings in _map(spec.get("services")).items():
        for variable, name in _map(_map(settings).get("secrets")).items():
            yield ("services", str(service), "secrets", str(variable)), name
    for registry, settings in _map(spec.get("registries")).items():
        yield ("registries", str(registry), "password"), _map(settings).get("password")
    yield ("observability", "dashboards", "password"), observability.password_in_use(spec)
    yield ("certificates", "dnsToken"), certificate_rules.dns_token_in_use(spec)


def _missing_token(spec: Mapping[str, Any]) -> Iterator[Problem]:
    """A DigitalOcean cluster needs a token, and so do names at Cloudflare."""
    needed = []
    if _map(spec.get("cluster")).get("kind", "doks") == "doks":
        needed.append(("digitaloceanToken", "DIGITALOCEAN_TOKEN", "the cluster needs it"))
    if spec.get("domain") and _map(spec.get("names")).get("dns", "cloudflare") == "cloudflare":
        needed.append(("cloudflareToken", "CLOUDFLARE_API_TOKEN", "the domain's names need it (names.dns: none lists them instead)"))
    for name, variable, why in needed:
        if name not in _map(spec.get("secrets")):
            how = f"{_SET} quayside:secrets.{name}`, or set the environment variable {variable}"
            yield Problem(("secrets", name), f"is missing, and {why}; set it with {how}")


def _exposed(topics: Mapping[str, Any]) -> Iterator[Problem]:
    """Secrets that stand in plain text, and secure values outside of secrets. Placeholders, those of the examples, are no secrets."""
    if not is_config_secret(f"{NAMESPACE}:secrets"):
        for name, value in _map(topics.get("secrets")).items():
            if not (isinstance(value, str) and value in _PLACEHOLDERS):
                yield Problem(("secrets", name), f"stands in plain text; withdraw it and set another with {_SET} quayside:secrets.{name}`")
    for topic in topics:
        if topic != "secrets" and is_config_secret(f"{NAMESPACE}:{topic}"):
            yield Problem((topic,), "holds a secure value; move it to quayside:secrets and write its name here")


def _line(problem: Problem, topics: Mapping[str, Any], environ: Mapping[str, str], stack: str) -> str:
    """A problem with the place that has to be edited: the defaults only where they say more about the matter than the stack does."""
    where, path = f"Pulumi.{stack}.yaml", problem.path
    in_stack, in_defaults = _depth(topics, path), _depth(topics.get(DEFAULTS), path)
    variable = next((name for name, stands_for in FROM_ENVIRONMENT.items() if stands_for == path and environ.get(name)), None)
    if path[0] == DEFAULTS:
        where = "Pulumi.yaml"
    elif variable and max(in_stack, in_defaults) < len(path):
        where = f"environment variable {variable}"
    elif in_defaults > in_stack:
        where, path = "Pulumi.yaml", (DEFAULTS, *path)
    return f"{where}: {NAMESPACE}:{spoken(path)} {problem.message}"


def _depth(tree: Any, path: tuple[str, ...]) -> int:
    """How many steps of a path exist in a tree."""
    depth = 0
    for step in path:
        if not isinstance(tree, Mapping) or step not in tree:
            break
        tree, depth = tree[step], depth + 1  # a null counts: it takes away what the defaults say
    return depth


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
