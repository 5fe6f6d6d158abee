"""cert-manager: certificates for everything that is routed."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from quayside.arguments import checked
from quayside.labels import OWNER, owner_labels
from quayside.namespaces import manifest
from quayside.objects import register
from quayside.planes.issuers import TOKEN_KEY, Through, issuers, token_secret
from quayside.releases import release
from quayside.settings.certificates import CertificateSettings
from quayside.settings.charts import ChartSettings
from quayside.settings.footprint import CERT_MANAGER, Pods
from quayside.settings.merge import merge
from quayside.settings.problems import InvalidSettings
from quayside.versions import CHARTS
from quayside.webhooks import patient

NAME = "cert-manager"
"""Of the release and its namespace: one for each cluster, because its CRDs and webhooks are the cluster's."""


class FurtherEntryArgs(TypedDict):
    """Another entry through which challenges of http-01 are answered."""

    hosts: list[str]
    """The hosts that lead to it."""
    ingress_class: NotRequired[str]
    """Class of the entry that takes the requests of http-01: nginx, kong, istio or your own. Default: none, it has a Gateway."""
    gateway: NotRequired[str]
    """The Gateway whose listener http takes the requests of http-01, in place of an Ingress: namespace/name. Default: none."""


class CertManagerArgs(TypedDict):
    """Certificates by cert-manager."""

    keep_crds: NotRequired[pulumi.Input[bool]]
    """Whether its custom resource definitions, and with them all certificates and issuers, outlive its removal. Default: true."""
    email: NotRequired[pulumi.Input[str]]
    """Who is responsible for the certificates. Needed by Let's Encrypt's issuers; it refuses addresses at example.com."""
    challenge: NotRequired[str]
    """How Let's Encrypt is shown that a name is ours: http-01 (a request to the entry) or dns-01 (a record at Cloudflare, for wildcards
    and proxied names). Default: http-01."""
    ingress_class: NotRequired[pulumi.Input[str]]
    """Class of the entry that takes the requests of http-01: nginx, kong, istio or your own. http-01 needs it, or gateway. Default: none."""
    gateway: NotRequired[str]
    """The Gateway whose listener http takes the requests of http-01, in place of an Ingress: namespace/name, with GatewayEntry
    gateway-api/gateway. cert-manager then needs the Gateway API's definitions (component GatewayApi) and is to be made after them.
    Default: none."""
    further: NotRequired[list[FurtherEntryArgs]]
    """Further entries through which challenges of http-01 are answered, each for its own hosts: where a stack moves from one to another.
    Default: none."""
    dns_token: NotRequired[pulumi.Input[str]]
    """The Cloudflare API token for dns-01: it may read the zone and edit its DNS."""
    values: NotRequired[dict[str, Any]]
    """Values for cert-manager's chart, merged over ours: for every field that has no key here."""
    mirror: NotRequired[str]
    """A directory, HTTP repository or OCI registry that holds every chart, for clusters without access to the internet.
    Default: the chart's own repository."""


class CertManager(pulumi.ComponentResource):
    """cert-manager with its CRDs, in a namespace of its own, and its issuers: letsencrypt-prod, letsencrypt-staging and self-signed.

    Ready when its webhook answers: waiting for the pods is not enough for that (cert-manager#2908), so the chart's check of its own API runs
    as a hook, and the release waits for it. It asks for 30m CPU and 192Mi memory in all.

    Issuers are made, and not waited for: Pulumi could neither say why one is not ready (pulumi-kubernetes#4428) nor be sure to notice when
    it is (#4521), and an hour of Let's Encrypt's would be an hour without `pulumi up`. `kubectl get clusterissuers -o wide` shows the reason.
    """

    namespace: pulumi.Output[str]
    """The namespace it runs in."""
    issuers: pulumi.Output[dict[str, str]]
    """Names of the ClusterIssuers, each under itself. What takes a name from here is made after the issuers."""

    def __init__(self, name: str, args: CertManagerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:CertManager", name, None, opts)
        given: dict[str, Any] = dict(args)
        token, further = given.pop("dns_token", None), given.pop("further", None) or []
        through = [Through(given.pop("ingress_class", None), given.pop("gateway", None))]
        through += [Through(each.get("ingress_class"), each.get("gateway"), tuple(each["hosts"])) for each in further]
        charts = checked(ChartSettings, {"mirror": given.pop("mirror", None)}, f"cert-manager {name}")
        spec = checked(CertificateSettings, given, f"cert-manager {name}")
        if wrong := list(_missing(spec, token, through)):
            raise InvalidSettings(f"the arguments of cert-manager {name}", wrong)
        labels = owner_labels()
        home = register(NAME, manifest(NAME, labels), pulumi.ResourceOptions(parent=self))
        self.release = release(
            NAME,
            CHARTS["cert-manager"],
            values(spec, {OWNER: labels[OWNER]}, gateways=any(each.gateway for each in through)),
            namespace=NAME,
            mirror=charts.mirror,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[home]),
        )
        first = [self.release, *([self._token(token, labels, home)] if spec.needs_dns_token else [])]
        wanted = issuers(labels, email=spec.email, challenge=spec.challenge, through=through)
        made = [self._issuer(each, first) for each in wanted]

        self.namespace = pulumi.Output.from_input(NAME)
        self.issuers = pulumi.Output.all(**{each["metadata"]["name"]: one.metadata["name"] for each, one in zip(wanted, made, strict=True)})
        self.register_outputs({"namespace": self.namespace, "issuers": self.issuers})

    def _issuer(self, manifest: dict[str, Any], first: list[Any]) -> Any:
        return register(manifest["metadata"]["name"], manifest, patient(pulumi.ResourceOptions(parent=self, depends_on=first)))

    def _token(self, token: Any, labels: Mapping[str, str], home: Any) -> Any:
        """The token's Secret. It has its final form before any issuer reads it."""
        data = pulumi.Output.secret(token).apply(lambda known: {TOKEN_KEY: b64encode(known.encode()).decode()})
        secret = token_secret(NAME, labels, data)
        return register(secret["metadata"]["name"], secret, pulumi.ResourceOptions(parent=self, depends_on=[home]))


def _missing(spec: CertificateSettings, token: Any, through: Sequence[Through]) -> Iterator[str]:
    """What a challenge cannot be answered without."""
    if spec.needs_dns_token and token is None:
        yield "dnsToken is missing; challenge dns-01 needs it"
    if spec.email is None or spec.challenge != "http-01":
        return
    for place, each in zip(("", *(f"further[{number}]." for number in range(len(through) - 1))), through, strict=True):
        if each.ingress_class is None and each.gateway is None:
            wrong = "gateway is missing, and so is ingressClass: nobody would answer the challenges of http-01"
            yield f"{place}{wrong}; write gateway: gateway-api/gateway (GatewayEntry's), or ingressClass: nginx"


def values(settings: CertificateSettings, labels: Mapping[str, str], *, gateways: bool = False) -> dict[str, Any]:
    """The chart's values.

    gateways: whether challenges are answered through a Gateway. The controller ends at once where the definitions are missing then.
    labels: for all its objects. Helm's own, such as app.kubernetes.io/managed-by, must not be among them: it knows its objects by those.

    Requests are small, for clusters with some dozens of certificates; without any the pods would be the first to be evicted. There is no
    limit of CPU, which would only slow the webhook down.
    """
    controller, webhook, injector = (_resources(pods) for pods in CERT_MANAGER)
    ours = {
        "global": {"commonLabels": dict(labels)},
        "crds": {"enabled": True, "keep": settings.keep_crds},
        "resources": controller,
        "webhook": {"resources": webhook},
        "cainjector": {"resources": injector},
        # new nodes fetch all images first; the default is one minute
        "startupapicheck": {"timeout": "5m", "resources": _resources(Pods("startupapicheck", "10m", "32Mi"))},
        **({"config": {"gatewayAPI": {"enabled": True}}} if gateways else {}),
    }
    return merge(ours, settings.values)


def _resources(pods: Pods) -> dict[str, Any]:
    return {"requests": pods.requests, "limits": {"memory": "256Mi"}}
