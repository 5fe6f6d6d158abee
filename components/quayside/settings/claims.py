"""Which names a stack claims, and for what: the one reading of its settings that both the checks and the planned records go by.

Everything here takes plain settings, in which any value may be wrong; what is wrong is left out, its own problem is reported elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from quayside.settings.hosts import APEX, EVERYWHERE, Domain, Host, HostKey, RecordName, Target, whole
from quayside.settings.sites import site
from quayside.settings.text import Text

T = TypeVar("T", bound=Text)

DEFAULT_ENTRY: Final = "gateway-api"
"""Kind of the entry where the settings name none."""

ENTRY = "entry"
LEAVING = "entryMigratingFrom"
"""Topic of the entry that is being left."""
HOST_NAME = "entry.loadBalancer.hostName"
"""Where the settings name the load balancer."""
LOAD_BALANCER_NAMES = (HOST_NAME, f"{LEAVING}.loadBalancer.hostName")
WILDCARD = "names.wildcard"
LOAD_BALANCERS = {"gateway-api": "gateway-api", "ingress-nginx": ENTRY, "istio": "istio", "kong": "kong"}
"""Kind of entry → what its load balancer is called below the domain: each otherwise, so that two can live side by side."""
RECORDS = "names.records."


@dataclass(frozen=True)
class Claim:
    """A name that the settings claim."""

    path: str
    """Key that claims it, such as services.shop.hosts.shop."""
    host: str
    """The whole name."""
    type: str | None
    """Type of the record that leads there. None where the settings do not say enough for one."""
    content: Any
    """What the record says. None for the address of each of the `entries`."""
    proxied: bool = False
    """Whether Cloudflare stands before it."""
    chosen: bool = True
    """Whether that was written for this name; else names.proxied says it."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What stands at the key."""
    entries: tuple[str, ...] = ()
    """Kinds of the entries that it leads to: both, where half of the requests go to each."""

    @property
    def to_entry(self) -> bool:
        """Whether the name leads to the entry."""
        return self.type is not None and self.content is None

    @property
    def own(self) -> bool:
        """Whether it is a record of the user's own."""
        return self.path.startswith(RECORDS)

    @property
    def cause(self) -> str:
        """Key by which it is proxied or not."""
        return f"{self.path}.proxied" if self.chosen and self.path not in (WILDCARD, *LOAD_BALANCER_NAMES) else "names.proxied"


def claims(spec: Mapping[str, Any]) -> list[Claim]:
    """All names, with those of the platform first and those of the user's own records last. A name can be claimed more than once."""
    domain = right(Domain, spec.get("domain"))
    if domain is None:
        return []
    return [*_load_balancers(spec), *_to_entry(spec, domain), *_elsewhere(spec, domain), *_records(spec, domain)]


def left(spec: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same stack as if the entry that is being left were its only one. None where it leaves none."""
    leaving = part(spec, LEAVING)
    return {**spec, "entry": leaving, LEAVING: None} if leaving else None


def share(spec: Mapping[str, Any], domain: str, host: str) -> int:
    """Share of the requests to a host (or to the wildcard) that the stack's entry has beside the one that is being left, in percent.

    What is none of the known shares counts as none: its own problem is reported elsewhere.
    """
    *path, last = moved(spec, domain, host).split(".", 2)
    found = part(spec, *path).get(last)
    return found if found in (50, 100) else 0


def moved(spec: Mapping[str, Any], domain: str, host: str) -> str:
    """Key that says how far a host has moved from the entry that is being left."""
    keys = {whole(key, domain): key for key in part(spec, LEAVING, "hosts") if right(HostKey, key) is not None}
    return f"{LEAVING}.hosts.{keys[host]}" if host in keys else f"{LEAVING}.weight"


def leads_to(spec: Mapping[str, Any], domain: str, host: str) -> tuple[str, ...]:
    """Kinds of the entries that a host leads to."""
    new, old = entry_kind(spec), part(spec, LEAVING).get("kind")
    if not isinstance(old, str):
        return (new,)
    return {0: (old,), 50: (new, old), 100: (new,)}[share(spec, domain, host)]


def entry_kind(spec: Mapping[str, Any]) -> str:
    """Kind of the stack's entry."""
    return str(part(spec, "entry").get("kind", DEFAULT_ENTRY))


def every_name_proxied(spec: Mapping[str, Any]) -> bool:
    """Whether Cloudflare stands before each name that leads to the entry: then nobody else has business with the load balancer."""
    domain = right(Domain, spec.get("domain"))
    found = list(_to_entry(spec, domain)) if domain else []
    return bool(found) and flattens(spec) and all(claim.proxied for claim in found)


def proxy_protocol(spec: Mapping[str, Any]) -> bool:
    """Whether the load balancer tells the entry the client's address by proxy protocol. Cloudflare tells it in a header."""
    said = part(spec, "entry", "loadBalancer").get("proxyProtocol")
    return said if isinstance(said, bool) else not every_name_proxied(spec)


def load_balancer_name(spec: Mapping[str, Any]) -> str | None:
    """Host name that stands for the load balancer inside the cluster. It leads to its address also from outside."""
    said = right(Host, part(spec, "entry", "loadBalancer").get("hostName"))
    domain, label = right(Domain, spec.get("domain")), LOAD_BALANCERS.get(entry_kind(spec))
    return said or (f"{label}.{domain}" if label and domain and proxy_protocol(spec) else None)


def has_entry(spec: Mapping[str, Any]) -> bool:
    """Whether the stack has an entry at all."""
    return entry_kind(spec) != "none"


def flattens(spec: Mapping[str, Any]) -> bool:
    """Whether Cloudflare serves the zone."""
    return bool(part(spec, "names").get("dns", "cloudflare") == "cloudflare")


def zone_of(spec: Mapping[str, Any]) -> str | None:
    """The zone that holds the stack's names."""
    return right(Domain, part(spec, "names").get("zone")) or right(Domain, spec.get("domain"))


def part(spec: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The map at a path, empty where there is none."""
    found: Any = spec
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def paths(service: Mapping[str, Any], host: str) -> dict[str, str]:
    """The paths of a service's host: path → Prefix or Exact."""
    said = part(service, "hosts", host, "paths")
    return {str(path): str(part(said, path).get("type", "Prefix")) for path in said} or dict(EVERYWHERE)


def right(kind: type[T], value: Any) -> T | None:
    """A value of that kind, None where it is something else."""
    try:
        parsed = kind.parse(value)
    except ValueError:
        return None
    return parsed if isinstance(parsed, kind) else None


def _load_balancers(spec: Mapping[str, Any]) -> Iterator[Claim]:
    """The names of the load balancers themselves: each is that of one entry, whatever has moved."""
    for path, each in zip(LOAD_BALANCER_NAMES, (spec, left(spec)), strict=True):
        name = load_balancer_name(each) if each and has_entry(each) else None
        if each and name:
            yield Claim(path, name, "A", None, entries=(entry_kind(each),))


def _to_entry(spec: Mapping[str, Any], domain: str) -> Iterator[Claim]:
    """The names that lead to the entry, but for the load balancer's own."""
    if not has_entry(spec):
        return
    names = part(spec, "names")
    everywhere = names.get("proxied") is True
    if names.get("wildcard", True) is True:
        yield Claim(WILDCARD, f"*.{domain}", "A", None, everywhere, False, entries=leads_to(spec, domain, f"*.{domain}"))
    places = [(f"names.{key}", host, part(names, key)) for key, host in _sites(domain) if part(names, key).get("to") == ENTRY]
    for service in part(spec, "services"):
        hosts = part(spec, "services", service, "hosts")
        places += [
            (f"services.{service}.hosts.{key}", whole(key, domain), part(hosts, key)) for key in hosts if right(HostKey, key) is not None
        ]
    for key in ("dashboards", "mesh"):
        if (seen := right(HostKey, part(spec, "observability", key).get("host"))) is not None:
            places.append((f"observability.{key}.host", whole(seen, domain), {}))
    for path, host, settings in places:
        proxied = settings.get("proxied")
        chosen = isinstance(proxied, bool)
        at = leads_to(spec, domain, host)
        yield Claim(path, host, "A", None, proxied is True if chosen else everywhere, chosen, settings, at)


def _elsewhere(spec: Mapping[str, Any], domain: str) -> Iterator[Claim]:
    """Apex and www where they lead to a front end."""
    for key, host in _sites(domain):
        settings = part(spec, "names", key)
        to = settings.get("to", "none")
        if isinstance(to, str) and to not in (ENTRY, "none"):
            found = site(to, right(Target, settings.get("target")), apex=host == zone_of(spec), flattened=flattens(spec))
            kind, content = found or (None, None)
            yield Claim(f"names.{key}", host, kind, content, settings.get("proxied") is True, settings=settings)


def _records(spec: Mapping[str, Any], domain: str) -> Iterator[Claim]:
    """The user's own records."""
    records = part(spec, "names", "records")
    for key in records:
        settings = part(records, key)
        name, content = right(RecordName, settings.get("name") or key), settings.get("content")
        if name is not None and content is not None:
            kind = settings.get("type", "CNAME")
            yield Claim(f"{RECORDS}{key}", whole(name, domain), kind, content, settings.get("proxied") is True, settings=settings)


def _sites(domain: str) -> tuple[tuple[str, str], ...]:
    return ("apex", whole(APEX, domain)), ("www", f"www.{domain}")
