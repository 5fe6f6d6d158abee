"""The arguments of a load balancer, as the components and the package's schema have them, and the models that check them."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Annotated, Any, ClassVar, Literal, NotRequired, TypedDict

import pulumi
from pydantic import Field

from quayside.settings.base import Model, Rule
from quayside.settings.claims import part
from quayside.settings.entry import LoadBalancerSettings
from quayside.settings.hosts import Host
from quayside.settings.text import Text
from quayside.settings.types import LabelKey, LabelValue, Name, PortName


class AddressRange(Text):
    """Any IPv4 addresses."""

    pattern = r"[0-9.]+/[0-9]+"
    wrong = "is not a range of IPv4 addresses"
    write = "write the first address and the prefix length, such as 198.51.100.0/24"
    examples = ("198.51.100.0/24", "203.0.113.7/32")

    @classmethod
    def further(cls, value: str) -> bool:
        try:
            IPv4Network(value)
        except ValueError:
            return False
        return True


class PodPort(Text):
    """A port of pods, by name or number."""

    pattern = rf"[1-9][0-9]{{0,4}}|{PortName.pattern}"
    wrong = "is not a port"
    write = "write its number from 1 to 65535, or its name of at most 15 small letters, digits and hyphens"
    examples = ("http", "8080")
    numbers: ClassVar[bool] = True

    @classmethod
    def further(cls, value: str) -> bool:
        return not value.isdigit() or int(value) <= 65535


class EntryLoadBalancerArgs(TypedDict, total=False):
    """The cloud's load balancer before the entry."""

    name: str
    """Name at the cloud, unique in an account. Default: project and stack."""
    size_unit: int
    """Number of its nodes, each for $12 a month and 10000 requests a second at DigitalOcean. It may change once a minute; a node that goes
    ends its connections within a minute. Default: 1."""
    proxy_protocol: bool
    """Whether it tells the entry the client's address by proxy protocol. Default: true where there is a host name, unless every name is
    proxied by Cloudflare, which tells it in a header."""
    host_name: pulumi.Input[str]
    """Host name that stands for it inside the cluster, so that pods reach the stack's own hosts through it: without one, Kubernetes
    leads them past the load balancer, and proxy protocol fails. Default: none. It needs a record, and the cluster at hand."""
    annotations: dict[str, pulumi.Input[str]]
    """Further annotations of its Service, merged over ours: for every feature of the cloud's that has no key here."""


class LoadBalancerPortArgs(TypedDict):
    """A port on which the load balancer listens."""

    port: pulumi.Input[int]
    """Its number."""
    target_port: NotRequired[pulumi.Input[str]]
    """Port of the pods, by name or number. Default: the name of this port."""


class LoadBalancerArgs(TypedDict):
    """The cloud's load balancer before pods of a cluster."""

    namespace: pulumi.Input[str]
    """Namespace of the pods."""
    selector: dict[str, pulumi.Input[str]]
    """Labels of the pods: key → value."""
    ports: dict[str, LoadBalancerPortArgs]
    """Ports on which it listens: name → port."""
    name: NotRequired[str]
    """Name at the cloud, unique in an account. Default: project and stack."""
    size_unit: NotRequired[int]
    """Number of its nodes. It may change once a minute; a node that goes ends its connections within a minute. Default: 1."""
    proxy_protocol: NotRequired[bool]
    """Whether it tells the pods the client's address by proxy protocol, which they then must expect. Default: false."""
    host_name: NotRequired[pulumi.Input[str]]
    """Host name that stands for it inside the cluster, so that pods pass through it as everybody does. It needs a record. Only for
    programs in Python, which hand over the cluster: it hides the address from all who cannot ask the cloud. Default: none."""
    allow_from: NotRequired[list[pulumi.Input[str]]]
    """Ranges of IPv4 addresses that are let in. Default: all."""
    annotations: NotRequired[dict[str, pulumi.Input[str]]]
    """Further annotations of its Service, merged over ours: for every feature of the cloud's that has no key here."""
    cloud: NotRequired[str]
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""


def leads_somewhere(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kubernetes takes a Service without selector for one whose pods somebody else looks for, and refuses one without ports."""
    if spec.get("selector") == {}:
        yield "selector", "is empty and would find no pods; write their labels"
    if spec.get("ports") == {}:
        yield "ports", "is empty, and nothing would be listened to; write a port, such as http with port 80"


def ports_apart(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A load balancer listens once on each number. Those that are known only later are the cloud's to check."""
    first: dict[int, str] = {}
    for name in part(spec, "ports"):
        number = part(spec, "ports", name).get("port")
        if isinstance(number, int) and first.setdefault(number, name) != name:
            yield f"ports.{name}.port", f"is the number of port {first[number]} as well; write another"


class LoadBalancerPort(Model):
    """A port on which the load balancer listens."""

    port: Annotated[int, Field(ge=1, le=65535)]
    """Its number."""
    target_port: PodPort | None = None
    """Port of the pods, by name or number. Default: the name of this port."""


class LoadBalancerSpec(LoadBalancerSettings):
    """The cloud's load balancer before pods of a cluster."""

    rules: ClassVar[tuple[Rule, ...]] = (leads_somewhere, ports_apart)
    known: ClassVar[frozenset[str]] = LoadBalancerSettings.known | {
        "selector",
        "ports",
        "name",
        "size_unit",
        "proxy_protocol",
        "allow_from",
        "annotations",
        "cloud",
    }

    namespace: Name
    """Namespace of the pods."""
    selector: dict[Annotated[str, LabelKey], LabelValue]
    """Labels of the pods: key → value."""
    ports: dict[Annotated[str, PortName], LoadBalancerPort]
    """Ports on which it listens: name → port."""
    size_unit: Annotated[int, Field(ge=1, le=200)] = 1
    """Number of its nodes. It may change once a minute; a node that goes ends its connections within a minute. Default: 1."""
    proxy_protocol: bool = False
    """Whether it tells the pods the client's address by proxy protocol, which they then must expect. Default: false."""
    host_name: Host | None = None
    """Host name that stands for it inside the cluster, so that pods pass through it as everybody does. It needs a record. Only for
    programs in Python, which hand over the cluster: it hides the address from all who cannot ask the cloud. Default: none."""
    allow_from: list[AddressRange] = Field(default_factory=list)
    """Ranges of IPv4 addresses that are let in. Default: all."""
    cloud: Literal["doks"] = "doks"
    """Where the cluster runs, if it is not handed over: doks. Default: doks."""
