"""What is said to do about each failure that a team meets; the errors are the official plugins' own."""

import pytest

from quayside.remedies import RULES, remedy
from quayside.remedies.rule import Failure

OCEAN = 'error: 1 error occurred:\n\t* Error creating it: POST https://api.digitalocean.com/v2/x: {} (request "6f") {}\n\n'
FLARE = 'failed to make http request: POST "https://api.cloudflare.com/client/v4/zones/z/dns_records": {} x {{"errors": [{{"code": {}, "message": "{}"}}]}}'
SCHEMA = "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: "
NOT_LIVE = 'the Kubernetes API server reported that "shop/shop" failed to fully initialize or become live: '
RELEASE = (
    'Helm release "certs/cert-manager" was created, but failed to initialize completely. Use Helm CLI to investigate: failed to become '
    "available within allocated timeout. Error: Helm Release certs/cert-manager: "
)
NO_CHART = '"https://charts.jetstack.io" is not a valid chart repository or cannot be reached: Get "https://charts.jetstack.io/index.yaml": dial tcp'
KNOWN = [
    ("digitalocean", OCEAN.format(401, "Unable to authenticate you"), "does not know the token"),
    ("digitalocean", OCEAN.format(403, "You are not authorized to perform this operation"), "the scopes that this stack needs"),
    ("digitalocean", OCEAN.format(422, "validation error: 3 additional nodes but not enough available droplet limit"), "Ask for more"),
    ("digitalocean", OCEAN.format(422, "validation error: autoscale desired max nodes exceed limits, 9 additional"), "its `max`"),
    ("digitalocean", OCEAN.format(422, "validation error: worker_node_pool_spec.invalid droplet size"), "options sizes"),
    ("digitalocean", OCEAN.format(422, "This range/size overlaps with another VPC network in your account."), "cluster.network"),
    ("digitalocean", OCEAN.format(422, "validation error: a cluster with this name already exists"), "`quayside recover prod`"),
    ("digitalocean", OCEAN.format(409, "Can not delete VPC with members"), "load balancer or a volume"),
    ("digitalocean", OCEAN.format(403, "Can not delete default VPCs"), "make another one the default"),
    ("digitalocean", OCEAN.format(429, "Too many requests; giving up after 5 attempt(s)"), "run again in some minutes"),
    ("digitalocean", OCEAN.format(429, "API Rate limit exceeded."), "run again in some minutes"),
    ("digitalocean", OCEAN.format(503, "Service Unavailable; giving up after 5 attempt(s)"), "status.digitalocean.com"),
    ("cloudflare", FLARE.format(401, 9109, "Invalid access token"), "does not know the token"),
    ("cloudflare", FLARE.format(403, 9109, "Invalid access token"), "does not know the token"),
    ("cloudflare", FLARE.format(403, 10000, "Authentication error"), "DNS Edit"),
    ("cloudflare", FLARE.format(403, 9109, "Unauthorized to access requested resource"), "DNS Edit"),
    ("cloudflare", FLARE.format(404, 81044, "Record does not exist."), "makes it again"),
    ("cloudflare", FLARE.format(404, 7003, "Could not route to /zones/z, perhaps your object identifier is invalid?"), "no such zone"),
    ("cloudflare", FLARE.format(400, 81058, "An identical record already exists."), "`quayside recover prod`"),
    ("cloudflare", FLARE.format(400, 81053, "An A, AAAA, or CNAME record with that host already exists."), "pulumi import"),
    ("cloudflare", FLARE.format(400, 81045, "Record quota exceeded."), "200 on the Free plan"),
    ("cloudflare", FLARE.format(429, 971, "Please wait and consider throttling your request speed"), "in five minutes"),
    ("cloudflare", FLARE.format(500, 10500, "x"), "cloudflarestatus.com"),
    (
        "kubernetes",
        SCHEMA + 'Get "https://10.1.2.3/openapi/v2?timeout=32s": dial tcp 10.1.2.3:443: connect: connection refused',
        "does not answer",
    ),
    ("kubernetes", SCHEMA + 'Get "https://10.1.2.3/openapi/v2?timeout=32s": dial tcp 10.1.2.3:443: i/o timeout', "does not answer"),
    ("kubernetes", SCHEMA + 'Get "https://10.1.2.3/x": getting credentials: exec: executable doctl not found', "`doctl auth init`"),
    ("kubernetes", "can't create Helm Release with unreachable cluster: x", "does not answer"),
    ("kubernetes", NOT_LIVE + "Unauthorized", "refuses the credentials"),
    ("kubernetes", NOT_LIVE + 'Patch "https://10.1.2.3/apis/x": dial tcp 10.1.2.3:443: i/o timeout', "does not answer"),
    ("kubernetes", RELEASE + "context deadline exceeded", "`kubectl get pods -n certs`"),
    ("kubernetes", RELEASE + 'Get "https://10.1.2.3/api/v1/x": context deadline exceeded', "does not answer"),
    ("kubernetes", f"failed to pull chart: looks like {NO_CHART}: no such host", "charts.mirror"),
    ("kubernetes", SCHEMA + "the server has asked for the client to provide credentials", "refuses the credentials"),
    (
        "kubernetes",
        "another operation (install/upgrade/rollback) is in progress",
        "`helm rollback cert-manager -n certs` where an earlier revision is deployed, or `helm uninstall cert-manager -n certs`",
    ),
    ("kubernetes", "cannot re-use a name that is still in use", "`helm uninstall cert-manager -n certs`"),
    ("kubernetes", 'pods "a" is forbidden: exceeded quota: compute, requested: cpu=1', "-n certs"),
    ("kubernetes", 'configmaps is forbidden: User "ci" cannot create resource "configmaps"', "give that user the role"),
    ("kubernetes", 'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.a', "written by somebody else"),
    ("kubernetes", 'Service "a" is invalid: spec.ports[1].name: Duplicate value: "http"', "`quayside recover prod` gives them"),
    (
        "kubernetes",
        'Apply failed with 1 conflict: conflict with "pulumi-kubernetes-1a2b": .spec',
        "An earlier run of this stack was killed",
    ),
    (
        "kubernetes",
        'namespaces "a" is forbidden: unable to create new content in namespace a because it is being terminated',
        "being deleted",
    ),
]
INPUTS = {"name": "cert-manager", "namespace": "certs", "values": {"password": "hunter2"}}


@pytest.mark.parametrize(("package", "error", "told"), KNOWN)
def test_each_failure_has_its_remedy(package: str, error: str, told: str) -> None:
    said = remedy(f"{package}:some:Type", [error], INPUTS, stack="prod")
    assert said is not None
    assert told in said
    assert "{" not in said


def test_the_newest_error_decides_and_an_unknown_one_has_no_remedy() -> None:
    refused, unknown = OCEAN.format(401, "no"), OCEAN.format(422, "name: may only contain letters")
    assert remedy("digitalocean:index/vpc:Vpc", [unknown, refused]) is None
    assert remedy("digitalocean:index/vpc:Vpc", []) is None
    assert remedy("random:index/randomId:RandomId", [refused]) is None


@pytest.mark.parametrize(
    "cause",
    [
        "* [Pod shop/shop-1]: containers with unready status: [shop] -- [ImagePullBackOff] unexpected status: 401 Unauthorized",
        '* Pod shop-1: Readiness probe failed: Get "http://10.0.0.1/": dial tcp 10.0.0.1:3000: connect: connection refused',
        '* Pod shop-1 (and 2 more): its last words: configmaps is forbidden: User "system:serviceaccount:shop:shop" cannot list',
        "* Minimum number of live Pods was not attained\n\t* dial tcp: lookup database: no such host",
    ],
)
def test_what_pods_cannot_reach_is_not_taken_for_the_api_server(cause: str) -> None:
    assert remedy("kubernetes:apps/v1:Deployment", [f"4 errors occurred:\n\t{cause}"], INPUTS, stack="prod") is None


def test_the_namespace_of_an_object_is_told() -> None:
    said = remedy("kubernetes:apps/v1:Deployment", ["exceeded quota: compute"], {"metadata": {"name": "shop", "namespace": "shop"}})
    assert said is not None
    assert "-n shop`" in said


def test_inputs_are_shown_by_plain_names_only() -> None:
    busy = ["another operation (install/upgrade/rollback) is in progress"]
    for value in ("$(rm -rf .)", {"secret": "x"}, None):
        said = remedy("kubernetes:helm.sh/v3:Release", busy, {"name": value, "namespace": value})
        assert said is not None
        assert "helm rollback NAME -n NAMESPACE" in said


def test_every_rule_can_be_reached() -> None:
    """A rule that an earlier one hides from each of its own failures is dead text."""
    for package, rules in RULES.items():
        reached = {next(rule for rule in rules if rule.knows(Failure("", error, {}, ""))).words for of, error, _ in KNOWN if of == package}
        spared = {
            r"invalid version slug",
            r'"code": ?1061\b',
            r'"code": ?1049\b',
            r"limit (reached|exceeded)|exceeds? (the|your) .*limit|quota",
            r"failed calling webhook|no endpoints available for service",
        }
        assert {rule.words for rule in rules} - reached <= spared
