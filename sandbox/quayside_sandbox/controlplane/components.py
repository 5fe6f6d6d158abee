"""The programs of a control plane and their command lines; the plane (plane.py) starts them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

# Controllers that a simulated cluster does without: what they act on is simulated by the provisioner (nodes' addresses, volumes,
# load balancers) or never there (static pods' certificates, cloud routes).
NOT_RUN = [
    "cloud-node-lifecycle-controller",
    "node-ipam-controller",
    "node-route-controller",
    "persistentvolume-attach-detach-controller",
    "persistentvolume-expander-controller",
    "service-lb-controller",
    "legacy-serviceaccount-token-cleaner-controller",
    "storage-version-migrator-controller",
    "ttl-controller",
]


class MissingTool(RuntimeError):
    """A program that the control plane needs is not on PATH."""


@dataclass(frozen=True)
class Ports:
    """Where the components listen, all on loopback. Kept with the cluster: a restart uses the same."""

    api: int
    etcd: int
    etcd_peer: int
    kubelet: int  # kwok answers for all kubelets


@dataclass(frozen=True)
class Layout:
    """The files of one control plane."""

    root: Path

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def kubeconfig(self) -> Path:
        return self.root / "admin.kubeconfig"

    @property
    def etcd(self) -> Path:
        return self.root / "etcd"

    @property
    def kwok(self) -> Path:
        return self.root / "kwok.yaml"

    @property
    def tokens(self) -> Path:
        return self.keys / "tokens.csv"

    @property
    def egress(self) -> Path:
        return self.root / "egress.yaml"

    @property
    def network(self) -> Path:
        """The socket of the cluster's inner network (network.py)."""
        return self.root / "network.sock"


def find(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise MissingTool(f"{program} is not on PATH: run 'quayside-sandbox doctor', which names what is missing and how it is prepared")
    return path


def etcd(layout: Layout, ports: Ports) -> list[str]:
    client, peer = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.etcd_peer}"
    return [
        find("etcd"),
        "--name=sandbox",
        f"--data-dir={layout.etcd}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
        "--unsafe-no-fsync",  # what a crash of the machine would lose is a rehearsal
        "--snapshot-count=10000",
        "--log-level=warn",
    ]


def apiserver(layout: Layout, ports: Ports, service_subnet: str) -> list[str]:
    keys = layout.keys
    return [
        find("kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={ports.api}",
        f"--tls-cert-file={keys / 'server.pem'}",
        f"--tls-private-key-file={keys / 'server.key'}",
        f"--client-ca-file={keys / 'ca.pem'}",
        f"--token-auth-file={layout.tokens}",
        "--authorization-mode=Node,RBAC",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={keys / 'accounts.key'}",
        f"--service-account-signing-key-file={keys / 'accounts.key'}",
        f"--service-cluster-ip-range={service_subnet}",
        "--allow-privileged=true",
        "--endpoint-reconciler-type=none",
        f"--egress-selector-config-file={layout.egress}",
        "--enable-aggregator-routing=true",  # 'no endpoints available for service' comes from the API server itself
        f"--proxy-client-cert-file={keys / 'client.pem'}",
        f"--proxy-client-key-file={keys / 'client.key'}",
        f"--requestheader-client-ca-file={keys / 'ca.pem'}",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--kubelet-client-certificate={keys / 'client.pem'}",
        f"--kubelet-client-key={keys / 'client.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        "--event-ttl=1h",
        "--profiling=false",
        "--shutdown-delay-duration=0s",
        f"--cert-dir={layout.root}",
    ]


def controller_manager(layout: Layout) -> list[str]:
    keys = layout.keys
    return [
        find("kube-controller-manager"),
        f"--kubeconfig={layout.kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
        "--controllers=" + ",".join(["*", *(f"-{name}" for name in NOT_RUN)]),
        f"--root-ca-file={keys / 'ca.pem'}",
        f"--service-account-private-key-file={keys / 'accounts.key'}",
        f"--cluster-signing-cert-file={keys / 'ca.pem'}",
        f"--cluster-signing-key-file={keys / 'ca.key'}",
        "--use-service-account-credentials=false",
        "--kube-api-qps=300",
        "--kube-api-burst=600",
        "--concurrent-deployment-syncs=10",
        "--concurrent-replicaset-syncs=10",
        "--concurrent-gc-syncs=10",
        "--concurrent-namespace-syncs=10",
        "--horizontal-pod-autoscaler-sync-period=3s",  # not 15: a rehearsal waits for several rounds of it
        "--profiling=false",
    ]


def scheduler(layout: Layout) -> list[str]:
    return [
        find("kube-scheduler"),
        f"--kubeconfig={layout.kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=300",
        "--kube-api-burst=600",
        "--profiling=false",
    ]


def kwok(layout: Layout) -> list[str]:
    return [find("kwok"), f"--config={layout.kwok}", f"--kubeconfig={layout.kubeconfig}"]
