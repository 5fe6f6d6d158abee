"""Looks at the clouds and clusters of a stack, each with the credentials that its provider has in the state."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from quayside.catalog.api import CLOUDFLARE, DIGITALOCEAN, NotAnswered, TokenRefused
from quayside.operations import programs
from quayside.operations.recovery import cloudflare, digitalocean
from quayside.operations.recovery.cloudflare import Cloudflare
from quayside.operations.recovery.cluster import Cluster
from quayside.operations.recovery.digitalocean import DigitalOcean
from quayside.operations.recovery.exported import RELEASE, Exported, Pending, type_of
from quayside.operations.recovery.releases import PENDING, Releases, by_hand, stuck
from quayside.operations.recovery.repairs import Repair
from quayside.operations.recovery.state import replaces
from quayside.operations.recovery.verdicts import CannotSay, Found, Orphan, Verdict

Answer = TypeVar("Answer")


class Looking:
    """What there is, asked once."""

    def __init__(self, exported: Exported, environ: Mapping[str, str]) -> None:
        self._exported, self._environ = exported, environ
        self.repairs: list[tuple[str, Repair]] = []
        """What is to be done in clusters, each with the kubeconfig."""
        self.unanswered: list[str] = []
        """Where could not be looked for what carries the mark."""

    def verdict(self, pending: Pending) -> Verdict:
        """What becomes of an operation that was not ended. Raises Refused."""
        if pending.type == RELEASE:
            return self._release(pending)
        if pending.doing != "creating":
            return Verdict(pending, "looked at again")
        if pending.type in digitalocean.REPEATABLE | cloudflare.REPEATABLE or pending.type.startswith("pulumi:providers:"):
            return Verdict(pending, "cleared", "to be done again changes nothing")
        if pending.type == cloudflare.ZONE and self._in_state(pending):
            return Verdict(pending, "cleared", "the state has it by now")
        try:
            found = self._find(pending)
            if found and self._present(pending, found):
                return Verdict(pending, "cleared", "a later run has it in the state")
            if found and (other := self._other(pending)):
                return Verdict(pending, "cleared", f"a later run made {other} in its place; {found.id} is still there, and in no state")
        except (CannotSay, NotAnswered) as problem:
            return Verdict(pending, "left", str(problem))
        return Verdict(pending, "taken up", found=found) if found else Verdict(pending, "cleared", "was never made")

    def orphans(self) -> Iterator[Orphan]:
        """What carries the stack's mark at the clouds that it uses, and is in no state."""
        resources = self._exported.resources
        known = {str(each["id"]).rpartition("/")[2] for each in resources if each.get("id")}
        zones = {str((each.get("inputs") or {}).get("zoneId")) for each in resources if each["type"] == cloudflare.RECORD}
        zones |= {str(each.inputs.get("zoneId")) for each in self._exported.pending if each.type == cloudflare.RECORD}
        yield from self._marked("DigitalOcean", "digitalocean", lambda it: self._digitalocean(it, lambda cloud: list(cloud.orphans(known))))
        yield from self._marked(
            "Cloudflare", "cloudflare", lambda it: self._cloudflare(it, lambda cloud: list(cloud.orphans(zones, known)))
        )

    def _marked(self, vendor: str, package: str, ask: Callable[[str], list[Orphan]]) -> list[Orphan]:
        """Asked with the credentials of the package's first provider in the state; a vendor without one is not used."""
        providers = self._exported.providers(package)
        try:
            return ask(providers[0]) if providers else []
        except NotAnswered as problem:
            self.unanswered.append(f"{vendor} {problem}")
            return []

    def stuck_releases(self) -> None:
        """Finds the releases in the state that helm holds for unfinished, and how to end that. Raises Refused."""
        by_provider: dict[str, list[tuple[str, str]]] = {}
        for each in self._exported.resources:
            if each["type"] == RELEASE and each.get("id"):
                namespace, _, name = str(each["id"]).rpartition("/")
                by_provider.setdefault(str(each.get("provider") or "").rpartition("::")[0], []).append((namespace, name))
        for provider, named in by_provider.items():
            kubeconfig = self._exported.settings(provider).get("kubeconfig")
            if kubeconfig and programs.installed("helm"):
                releases = Releases(str(kubeconfig))
                planned = {tuple(repair.words) for _, repair in self.repairs}
                self.repairs += [(str(kubeconfig), each) for each in stuck(releases, named) if tuple(each.words) not in planned]

    def await_running(self, verdict: Verdict) -> str:
        """Waits until the vendor has made a cluster that was taken up. Raises NotAnswered."""
        id = verdict.found.id if verdict.found else ""
        return self._digitalocean(verdict.pending.provider, lambda cloud: cloud.await_running(id))

    def _find(self, pending: Pending) -> Found | None:
        package = pending.type.partition(":")[0]
        if package == "digitalocean":
            return self._digitalocean(pending.provider, lambda cloud: cloud.find(pending))
        if package == "cloudflare":
            return self._cloudflare(pending.provider, lambda cloud: cloud.find(pending))
        if package == "kubernetes":
            return self._cluster(pending).find(pending)
        raise CannotSay("this provider is not known here; look at what it made, then `pulumi refresh` on a terminal")

    def _in_state(self, pending: Pending, id: str = "") -> bool:
        """Whether a later run has it in the state: under its name, or, with this id, under another one."""
        return any(each["urn"] == pending.urn or each["id"] == id for each in self._there(pending.type))

    def _there(self, type: str) -> list[dict[str, Any]]:
        """What the state has of a type, without what is deleted already and waits for its replacement."""
        return [each for each in self._exported.resources if each["type"] == type and each.get("id") and not each.get("pendingReplacement")]

    def _other(self, pending: Pending) -> str:
        """The id of what a later run has made under the same name; empty where there is none, or where it is what was to be replaced."""
        for each in self._there(pending.type):
            if each["urn"] == pending.urn and not each.get("delete"):
                return "" if replaces(pending.replaced, each) else str(each["id"])
        return ""

    def _present(self, pending: Pending, found: Found) -> bool:
        """Whether a later run has taken it up; in a cluster, what of the killed one is then to go is planned. Raises CannotSay.

        Under another name too: as a second resource it would be deleted for not being in the program, and with it the first.
        """
        ids = (found.id, found.import_id or found.id)
        there = [each for each in self._there(pending.type) if each["id"] in ids]
        there.sort(key=lambda each: each["urn"] != pending.urn)
        if there and pending.type.startswith("kubernetes:"):
            manager = str((there[0].get("outputs") or {}).get("__fieldManager"))
            self.repairs += [(self._kubeconfig(pending), each) for each in self._cluster(pending).shared(pending, manager)]
        return bool(there)

    def _release(self, pending: Pending) -> Verdict:
        namespace, name = str(pending.inputs.get("namespace")), str(pending.inputs.get("name"))
        if not programs.installed("helm"):
            return Verdict(pending, "left", by_hand(namespace, name))
        try:
            cluster = self._cluster(pending)
            kubeconfig = self._kubeconfig(pending)
            releases = Releases(kubeconfig)
            status = releases.status(namespace, name)
            if pending.doing != "creating":
                if status in PENDING:
                    self.repairs.append((kubeconfig, releases.repair(namespace, name, status)))
                return Verdict(pending, "looked at again", f"helm calls it {status}" if status else "it is gone")
            if self._in_state(pending, f"{namespace}/{name}"):
                return Verdict(pending, "cleared", "a later run has it in the state")  # and see stuck_releases
            if status is None:
                return Verdict(pending, "cleared", "was never made")
            if not cluster.owns(namespace):
                return Verdict(pending, "left", f"release {name} is there, and its namespace {namespace} carries no mark of this stack")
        except CannotSay as problem:
            return Verdict(pending, "left", str(problem))
        if status == "deployed":
            return Verdict(pending, "taken up", found=Found(f"{namespace}/{name}"))
        self.repairs.append((kubeconfig, releases.repair(namespace, name, status)))
        return Verdict(pending, "cleared", f"helm calls it {status}: the next `up` installs it")

    def _cluster(self, pending: Pending) -> Cluster:
        return Cluster(self._kubeconfig(pending), self._exported.mark)

    def _kubeconfig(self, pending: Pending) -> str:
        kubeconfig = self._exported.settings(pending.provider).get("kubeconfig")
        if not kubeconfig:
            raise CannotSay("the state knows no kubeconfig for it; look at the cluster, then `pulumi refresh` on a terminal")
        return str(kubeconfig)

    def _digitalocean(self, provider: str, ask: Callable[[DigitalOcean], Answer]) -> Answer:
        base = self._environ.get("DIGITALOCEAN_API_URL") or DIGITALOCEAN
        tokens = self._tokens(provider, "token", ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"))
        return self._asked(tokens, lambda token: ask(self._account(base.rstrip("/"), token)))

    def _cloudflare(self, provider: str, ask: Callable[[Cloudflare], Answer]) -> Answer:
        base = self._environ.get("CLOUDFLARE_BASE_URL") or CLOUDFLARE
        tokens = self._tokens(provider, "apiToken", ("CLOUDFLARE_API_TOKEN",))
        return self._asked(tokens, lambda token: ask(self._zones(base.rstrip("/"), token)))

    def _account(self, base: str, token: str) -> DigitalOcean:
        key = (base, token)
        if key not in self._accounts:
            self._accounts[key] = DigitalOcean(base, token, self._exported.tag, self._exported.owner)
        return self._accounts[key]

    def _zones(self, base: str, token: str) -> Cloudflare:
        key = (base, token)
        if key not in self._zone_lists:
            self._zone_lists[key] = Cloudflare(base, token, self._exported.mark)
        return self._zone_lists[key]

    @cached_property
    def _accounts(self) -> dict[tuple[str, str], DigitalOcean]:
        return {}

    @cached_property
    def _zone_lists(self) -> dict[tuple[str, str], Cloudflare]:
        return {}

    def _tokens(self, provider: str, setting: str, variables: tuple[str, ...]) -> list[str]:
        """The provider's own, then those of the environment: the state's may have been replaced since."""
        given = [self._exported.settings(provider).get(setting), *(self._environ.get(each) for each in variables)]
        return list(dict.fromkeys(str(each) for each in given if each))

    @staticmethod
    def _asked(tokens: list[str], ask: Callable[[str], Answer]) -> Answer:
        refused: NotAnswered = NotAnswered("cannot be asked: there is no token; set it in the environment")
        for token in tokens:
            try:
                return ask(token)
            except TokenRefused as problem:
                refused = problem
        raise refused


def names_of(urns: list[str]) -> str:
    """For a message: types and names."""
    return ", ".join(f"{type_of(each)} {each.split('::', 3)[3]}" for each in urns)
