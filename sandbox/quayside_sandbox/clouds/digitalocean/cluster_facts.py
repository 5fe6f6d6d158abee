"""What DigitalOcean adds to a new cluster: what nobody chose, and the parts that it tells of whether or not they were asked for."""

from __future__ import annotations

from ..cloud import Cloud
from ..store import Record
from .catalog import version_key

# Parts that the API reports whether or not they were asked for: field → first minor version where it is on by default.
_PARTS: dict[str, int | None] = {
    "routingAgent": None, "corednsAutoscaler": 36, "amdGpuDevicePlugin": None, "amdGpuDeviceMetricsExporterPlugin": None,
    "amdGpuDraDriver": None, "nvidiaGpuDevicePlugin": None, "nvidiaGpuDraDriver": None, "rdmaSharedDevicePlugin": None,
    "nfsCsiPlugin": None, "p2pOciRegistryPlugin": None,
}  # fmt: skip


def facts(cloud: Cloud, inputs: Record) -> Record:
    """As the API answers (a whole answer stands in doctl PR 1812)."""
    minor = version_key(inputs["version"])[1]
    region = inputs["region"].lower()
    default_vpc = next((vpc["id"] for vpc in cloud.list("vpcs", region=region, default=True)), "")
    number = len(cloud.list("kubernetesClusters")) % 40
    policy = {"startTime": "00:00", "day": "any", **inputs.get("maintenancePolicy", {}), "duration": "4h0m0s"}
    parts = {name: inputs.get(name) or {"enabled": since is not None and minor >= since} for name, since in _PARTS.items()}
    return {
        "region": region,
        "vpcUuid": inputs.get("vpcUuid") or default_vpc,
        "ha": inputs["ha"] if inputs.get("ha") is not None else minor >= 36,
        "autoUpgrade": bool(inputs.get("autoUpgrade")),
        "clusterSubnet": inputs.get("clusterSubnet") or f"10.{130 + 2 * number}.0.0/16",
        "serviceSubnet": inputs.get("serviceSubnet") or f"10.{131 + 2 * number}.0.0/19",
        "workerSubnetUuid": inputs.get("workerSubnetUuid", ""),
        "maintenancePolicy": policy,
        "controlPlaneFirewall": inputs.get("controlPlaneFirewall") or {"enabled": False, "allowedAddresses": []},
        "ssos": inputs.get("ssos", []),
        "tags": inputs.get("tags", []),
        "status": "provisioning",
        "updatedAt": None,
        **parts,
    }
