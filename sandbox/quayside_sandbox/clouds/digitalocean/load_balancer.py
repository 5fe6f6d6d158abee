"""A load balancer, made here or by a Service in a cluster (then by the provisioner; such a record has `_clusterId` and `_service`)."""

from __future__ import annotations

import uuid
from typing import Any

from ...plugins.values import UNKNOWN
from ..addresses import free_address
from ..cloud import Refused
from ..paths import Path
from ..resource import Resource
from ..store import Record
from ..table import Table, between, not_empty, one_of
from .catalog import REGIONS

_RESOURCE = "terraform-provider-digitalocean digitalocean/loadbalancer/resource_loadbalancer.go"
_UNITS = {"lb-small": 1, "lb-medium": 3, "lb-large": 6}


class LoadBalancer(Resource):
    table = Table(
        token="digitalocean:index/loadBalancer:LoadBalancer",
        kind="loadBalancers",
        autoname=True,
        defaults={
            "algorithm": "round_robin",
            "redirectHttpToHttps": False,
            "enableProxyProtocol": False,
            "enableBackendKeepalive": False,
            "disableLetsEncryptDnsRecords": False,
            "healthcheck.checkIntervalSeconds": 10,
            "healthcheck.responseTimeoutSeconds": 5,
            "healthcheck.unhealthyThreshold": 3,
            "healthcheck.healthyThreshold": 5,
            "stickySessions.type": "none",
        },
        rules={
            "name": not_empty,
            "size": one_of(*_UNITS),
            "sizeUnit": between(1, 200),
            "algorithm": one_of("round_robin", "least_connections"),
            "type": one_of("REGIONAL", "GLOBAL", "REGIONAL_NETWORK", ignore_case=True),
            "network": one_of("EXTERNAL", "INTERNAL", ignore_case=True),
            "forwardingRules.entryProtocol": one_of("http", "https", "http2", "http3", "tcp", "udp"),
            "forwardingRules.targetProtocol": one_of("http", "https", "http2", "tcp", "udp"),
            "forwardingRules.entryPort": between(1, 65535),
            "forwardingRules.targetPort": between(1, 65535),
            "healthcheck.protocol": one_of("http", "https", "tcp"),
            "healthcheck.port": between(1, 65535),
            "healthcheck.checkIntervalSeconds": between(3, 300),
            "healthcheck.responseTimeoutSeconds": between(3, 300),
            "healthcheck.unhealthyThreshold": between(2, 10),
            "healthcheck.healthyThreshold": between(2, 10),
            "stickySessions.type": one_of("cookies", "none"),
        },
        immutable=frozenset({"region", "vpcUuid", "type", "network", "networkStack", "subnetUuid"}),
        unordered=frozenset({"forwardingRules", "dropletIds", "domains", "targetLoadBalancerIds"}),
        computed=frozenset({"forwardingRules.certificateId", "forwardingRules.certificateName", "domains.certificateName"}),
        conflicts=(frozenset({"dropletIds", "dropletTag"}), frozenset({"forwardingRules", "glbSettings"})),
        references={"vpcUuid": "vpcs"},
        sources={
            "autoname": "pulumi-digitalocean provider/resources.go: every `name` that is no exception",
            "defaults": f"{_RESOURCE}: Default",
            "rules": f"{_RESOURCE}: ValidateFunc",
            "immutable": f"{_RESOURCE}: ForceNew",
            "unordered": f"{_RESOURCE}: TypeSet",
            "computed": f"{_RESOURCE}: Computed inside of forwarding_rule and domains",
            "conflicts": f"{_RESOURCE}: ConflictsWith",
            "references": "docs.digitalocean.com/reference/api Load Balancers: vpc_uuid",
        },
    )
    path = "/v2/load_balancers"
    noun = "Load Balancer"

    def problems(self, inputs: Record) -> list[tuple[str, str]]:
        """loadbalancerDiffCheck and the CustomizeDiff."""
        found = []
        kind, region = inputs.get("type"), inputs.get("region")
        if kind is None and region is None:
            found.append(("region", "missing 'region' value"))
        if isinstance(kind, str) and kind.upper() == "GLOBAL" and region is not None:
            found.append(("region", f"'region' must be empty or not set when 'type' is '{kind}'"))
        if isinstance(kind, str) and kind.upper().startswith("REGIONAL") and region is None:
            found.append(("region", f"'region' must be set and not be empty when 'type' is '{kind}'"))
        check = inputs.get("healthcheck")
        if isinstance(check, dict) and check.get("protocol") is not UNKNOWN:
            protocol, path = check.get("protocol"), check.get("path")
            if protocol in ("http", "https") and path is None:
                found.append(("healthcheck", f"health check `path` is required for when protocol is `{protocol}`"))
            if protocol == "tcp" and path is not None:
                found.append(("healthcheck", "health check `path` is not allowed for when protocol is `tcp`"))
        if inputs.get("forwardingRules") is None and inputs.get("glbSettings") is None:
            found.append(("forwardingRules", '"forwarding_rule": one of `forwarding_rule,glb_settings` must be specified'))
        return found

    def create(self, inputs: Record, timeout: float) -> Record:
        self.request("POST", self.path, "create")
        with self.cloud.alone(), free_address(self.cloud.store) as address:
            self.references("POST", self.path, inputs)
            self.verify(inputs, None)
            fields = {**inputs, **self.server_set(inputs), "ip": address}
            return self.cloud.store.create(self.cloud.name, self.table.kind, fields, id=str(uuid.uuid4()))

    def verify(self, inputs: Record, before: Record | None) -> None:
        region = inputs.get("region")
        if region and region.lower() not in REGIONS:
            method, path = ("PUT", f"{self.path}/{before['id']}") if before else ("POST", self.path)
            raise self.cloud.refused(method, path, 422, f"Region {region} is not available")

    def missing_reference(self, method: str, path: str, name: str, kind: str, id: str) -> Refused:
        return self.cloud.refused(method, path, 422, f"vpc with id {id} not found")

    def server_set(self, inputs: Record) -> Record:
        region = str(inputs.get("region") or "").lower()
        vpc = next((vpc["id"] for vpc in self.cloud.list("vpcs", region=region, default=True)), "")
        project = next((project["id"] for project in self.cloud.list("projects", isDefault=True)), "")
        rule = (inputs.get("forwardingRules") or [{}])[0]
        check = {"protocol": "tcp", "port": rule.get("targetPort", 80), "checkIntervalSeconds": 10}
        check |= {"responseTimeoutSeconds": 5, "unhealthyThreshold": 3, "healthyThreshold": 5}
        return {
            "region": region,
            "vpcUuid": inputs.get("vpcUuid") or vpc,
            "projectId": inputs.get("projectId") or project,
            "status": "active",
            "ipv6": "",
            "size": inputs.get("size", "lb-small"),
            "sizeUnit": inputs.get("sizeUnit") or _UNITS[inputs.get("size", "lb-small")],
            "type": inputs.get("type", "REGIONAL"),
            "network": inputs.get("network", "EXTERNAL"),
            "networkStack": inputs.get("networkStack", "IPV4"),
            "httpIdleTimeoutSeconds": inputs.get("httpIdleTimeoutSeconds", 60),
            "healthcheck": inputs.get("healthcheck") or check,
            "stickySessions": inputs.get("stickySessions") or {"type": "none"},
            "firewall": inputs.get("firewall") or {"allows": [], "denies": []},
            "dropletIds": inputs.get("dropletIds", []),
            "domains": inputs.get("domains", []),
            "targetLoadBalancerIds": inputs.get("targetLoadBalancerIds", []),
            "glbSettings": inputs.get("glbSettings") or {"targetPort": 0, "targetProtocol": ""},
            "subnetUuid": inputs.get("subnetUuid", ""),
        }

    def outputs(self, record: Record, before: Record) -> Record:
        shown = {**super().outputs(record, before), "loadBalancerUrn": f"do:loadbalancer:{record['id']}"}
        for optional in ("size", "network", "networkStack", "region"):  # told by the API, kept by the plugin only where given
            if not before.get(optional):
                shown.pop(optional, None)
        return shown

    def unchanged(self, path: Path, old: Any, new: Any, state: Record, inputs: Record) -> bool:
        if path == ("size",):  # DiffSuppressFunc: the same number of nodes
            return _UNITS.get(str(new)) == state.get("sizeUnit")
        return path[0] in ("region", "type", "network") and str(old).lower() == str(new).lower()
