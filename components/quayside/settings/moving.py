"""Settings of a move from one entry to another: the one that is being left, and which share of the requests the new one has."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from quayside.settings.base import Rule, empty
from quayside.settings.claims import LEAVING, claims, entry_kind, left, load_balancer_name, moved, part, right, share
from quayside.settings.entry import EntrySettings
from quayside.settings.hosts import Domain, HostKey, whole
from quayside.settings.problems import did_you_mean

Found = Iterator[tuple[str, str]]

SHARES = (0, 50, 100)
"""What records can say: the addresses of one entry, of both, of the other. Of several addresses clients take each as often."""

_WRONG_SHARE = "is none of the shares that DNS records can say, which lead to one entry, to both alike, or to the other; write 0, 50 or 100"


def shares_are_known(leaving: Mapping[str, Any]) -> Found:
    """A record has an address or it has not."""
    said = {"weight": leaving.get("weight"), **{f"hosts.{host}": each for host, each in part(leaving, "hosts").items()}}
    for key, weight in said.items():
        if isinstance(weight, int) and not isinstance(weight, bool) and weight not in SHARES:
            yield key, _WRONG_SHARE


class LeavingSettings(EntrySettings):
    """The entry that is being left: it runs beside the new one until all names have moved."""

    rules: ClassVar[tuple[Rule, ...]] = (*EntrySettings.rules, shares_are_known)

    kind: Literal["gateway-api", "istio", "ingress-nginx", "kong"]
    """Which one: gateway-api, istio, ingress-nginx or kong."""
    weight: int = 0
    """Share of the requests that the new entry has, in percent: 0, 50 or 100. Default: 0."""
    hosts: dict[Annotated[str, HostKey], int] = empty()
    """The same for single hosts: host → 0, 50 or 100. Default: all as weight says."""

    def entry(self) -> EntrySettings:
        """It as an entry, without what is said of the move."""
        return EntrySettings.model_construct(**{name: getattr(self, name) for name in EntrySettings.model_fields})


def of_both(rule: Rule) -> Rule:
    """A rule of a whole stack about its entry, asked about the one that is being left as well."""

    def asked(spec: Mapping[str, Any]) -> Found:
        found = list(rule(spec))
        yield from found
        before = left(spec)
        for key, message in rule(before) if before else ():
            if (key, message) not in found:
                own = f"{LEAVING}{key.removeprefix('entry')}" if key.startswith("entry.") else key
                yield own, f"{message} (asked of {LEAVING} {part(spec, LEAVING).get('kind')}, which still runs)"

    return asked


def entries_differ(spec: Mapping[str, Any]) -> Found:
    """Two of a kind would be one, and what has no host names cannot share them."""
    if not part(spec, LEAVING):
        return
    new, old = entry_kind(spec), part(spec, LEAVING).get("kind")
    if new in ("direct", "none"):
        wrong = "names move from one entry to another by host names, which it does not have"
        yield f"{LEAVING}.kind", f"cannot be left for entry.kind: {new}: {wrong}; remove {LEAVING}, and change entry.kind at once"
    if new == old:
        yield f"{LEAVING}.kind", f"is what entry.kind is as well; write there what it moves to, or remove {LEAVING}"


def load_balancers_differ(spec: Mapping[str, Any]) -> Found:
    """Each entry has its own, with its own names."""
    before = left(spec)
    names = [(each, part(each, "entry", "loadBalancer").get("name"), load_balancer_name(each)) for each in (spec, before) if each]
    for number, key in ((1, "name"), (2, "hostName")):
        found = [each[number] for each in names]
        if before and found[0] is not None and found[0] == found[1] and entry_kind(before) != entry_kind(spec):
            yield f"entry.loadBalancer.{key}", f"is that of {LEAVING} as well, which still runs; write another, or remove it"


def moved_hosts_exist(spec: Mapping[str, Any]) -> Found:
    """Who moves one host and mistypes it would wait for nothing."""
    domain = right(Domain, spec.get("domain"))
    known = {claim.host for claim in claims(spec) if claim.to_entry}
    for key in part(spec, LEAVING, "hosts"):
        if domain is None or right(HostKey, key) is None or whole(key, domain) in known:
            continue
        hosts = sorted({str(host) for service in part(spec, "services") for host in part(spec, "services", service, "hosts")})
        yield f"{LEAVING}.hosts.{key}", f"is no host of the stack that leads to its entry; {did_you_mean(str(key), hosts)}"


def challenges_find_their_entry(spec: Mapping[str, Any]) -> Found:
    """A challenge of http-01 is answered by one entry, and may be asked for at either."""
    certificates, domain = part(spec, "certificates"), right(Domain, spec.get("domain"))
    by_request = certificates.get("enabled", True) is True and certificates.get("challenge", "http-01") == "http-01"
    if domain is None or not part(spec, LEAVING) or not by_request or certificates.get("issuer", "letsencrypt-prod") == "self-signed":
        return
    halved = [host for host in signed(spec) if share(spec, domain, host) == 50]
    keys = {moved(spec, domain, host) for host in halved}
    for key in sorted(keys):
        host = next(each for each in halved if moved(spec, domain, each) == key)
        wrong = f"is 50, and {host}'s certificate could not be renewed: its challenge (http-01) may be asked for at either entry"
        yield key, f"{wrong}; write 0 or 100, host by host if need be, or certificates.challenge: dns-01"


def signed(spec: Mapping[str, Any]) -> list[str]:
    """Hosts whose TLS an entry ends, whole."""
    found = (claim for claim in claims(spec) if claim.to_entry and claim.path.startswith(("services.", "observability.")))
    return [claim.host for claim in found if claim.settings.get("tls") != "passthrough"]


def hosts_left(spec: Mapping[str, Any]) -> list[str]:
    """Hosts whose certificates' challenges the entry that is being left answers: those that lead to it."""
    domain = right(Domain, spec.get("domain"))
    return sorted({host for host in signed(spec) if share(spec, domain, host) == 0}) if domain else []


RULES = (entries_differ, load_balancers_differ, moved_hosts_exist, challenges_find_their_entry)
"""Checks of a whole stack's settings."""
