"""Which tools there are, which versions fit, and how each is built. One entry here and one line in a go.mod make a new tool."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

GO = (1, 26)
PULUMI = "3.259.0"
KUBERNETES = "1.36.1"

_KUBERNETES_VERSION = " ".join(
    f"-X k8s.io/{package}/version.{name}={value}"
    for package in ("component-base", "client-go/pkg")
    for name, value in (("gitVersion", f"v{KUBERNETES}"), ("gitMajor", "1"), ("gitMinor", "36"))
)
# Helm built from its module believes in Kubernetes 1.20 and refuses charts that ask for more.
_HELM_VERSION = "-X helm.sh/helm/v3/internal/version.version=v3.22.0 " + " ".join(
    f"-X helm.sh/helm/v3/pkg/{package}.k8sVersion{part}={number}"
    for package in ("lint/rules", "chartutil")
    for part, number in (("Major", "1"), ("Minor", "36"))
)


@dataclass(frozen=True)
class Tool:
    """One program.

    `module` is the folder below tools/ whose go.mod pins it, `package` its main package; `fits` tells which installed versions
    are used instead of a build, as a prefix of the version; `seconds` is what its build takes on two cores with nothing cached.
    """

    name: str
    module: str
    package: str
    version: str
    seconds: int
    fits: str
    version_arguments: tuple[str, ...] = ("--version",)
    ldflags: str = ""

    def installed_version(self, path: Path) -> str | None:
        """The version that an installed binary says it has, or None where it does not say."""
        try:
            answer = subprocess.run([str(path), *self.version_arguments], capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(r"v?(\d+\.\d+\.\d+[^\s\",]*)", answer.stdout + answer.stderr)
        return found.group(1) if found and answer.returncode == 0 else None

    def accepts(self, version: str | None) -> bool:
        """Whether an installed version serves as well: the same up to the parts named in `fits`, and no pre-release or fork."""
        return version is not None and (version + ".").startswith(self.fits + ".") and re.fullmatch(r"[\d.]+", version) is not None


def _kubernetes(name: str, seconds: int, *version_arguments: str) -> Tool:
    return Tool(
        name,
        "kubernetes",
        f"k8s.io/kubernetes/cmd/{name}",
        KUBERNETES,
        seconds,
        "1.36",
        version_arguments or ("--version",),
        _KUBERNETES_VERSION,
    )


TOOLS = (
    Tool(
        "pulumi",
        "pulumi",
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        PULUMI,
        110,
        PULUMI,  # the engine and its Python SDK go together
        ("version",),
        f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{PULUMI}",
    ),
    Tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", "3.7.3", 15, "3.7"),
    _kubernetes("kube-apiserver", 150),
    _kubernetes("kube-controller-manager", 80),
    _kubernetes("kube-scheduler", 10),
    _kubernetes("kubectl", 15, "version", "--client"),
    Tool(
        "kwok",
        "kwok",
        "sigs.k8s.io/kwok/cmd/kwok",
        "0.8.0",
        40,
        "0.8.0",  # our Stage documents are written for it
        ldflags="-X sigs.k8s.io/kwok/pkg/consts.Version=v0.8.0",
    ),
    Tool("helm", "helm", "helm.sh/helm/v3/cmd/helm", "3.22.0", 45, "3", ("version", "--short"), _HELM_VERSION),
)
