"""What cert-manager's component makes in a cluster that is there already, a wildcard and, where it is asked for, an issuer that is not valid."""

import os

import pulumi
import pulumi_kubernetes as kubernetes

from quayside import CertManager
from quayside.edge.wildcard import WildcardCertificate
from quayside.webhooks import patient

config = pulumi.Config()
cluster = kubernetes.Provider(
    "cluster",
    kubeconfig=pulumi.Output.secret(os.environ["CLUSTER_KUBECONFIG"]),
    cluster_identifier="certificates",
    upsert_existing_objects=True,
)
inside = pulumi.ResourceOptions(providers=[cluster])

dns_token = config.get_secret("dnsToken")
challenge = {"challenge": "dns-01", "dns_token": dns_token} if dns_token else {}
made = CertManager("cert-manager", {"email": config.require("email"), "ingress_class": "nginx", "keep_crds": False, **challenge}, inside)
WildcardCertificate("wildcard", {"domain": "example.com", "namespace": made.namespace, "issuer": made.issuers["self-signed"]}, inside)
if config.get_bool("broken"):
    kubernetes.apiextensions.CustomResource(
        "broken",
        api_version="cert-manager.io/v1",
        kind="ClusterIssuer",
        metadata={"name": "broken"},
        spec={"acme": {"server": 5}},
        opts=patient(pulumi.ResourceOptions(provider=cluster, depends_on=[made])),
    )
pulumi.export("issuers", made.issuers)
