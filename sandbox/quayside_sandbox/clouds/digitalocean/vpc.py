"""A private network in one region."""

from __future__ import annotations

import re
from ipaddress import ip_network

from ..cloud import Refused
from ..resource import Resource
from ..store import Record
from ..table import Table, cidr, length, not_empty
from . import times
from .catalog import REGIONS

_RESOURCE = "terraform-provider-digitalocean digitalocean/vpc/resource_vpc.go"
_API = "docs.digitalocean.com/reference/api VPCs"


class Vpc(Resource):
    table = Table(
        token="digitalocean:index/vpc:Vpc",
        kind="vpcs",
        autoname=True,
        rules={"name": not_empty, "region": not_empty, "description": length(0, 255), "ipRange": cidr},
        immutable=frozenset({"region", "ipRange"}),
        unique=("name",),
        members={"kubernetesClusters": "vpcUuid", "loadBalancers": "vpcUuid", "droplets": "vpcUuid", "databases": "privateNetworkUuid"},
        seconds={"create": 1200.0, "update": 1200.0, "delete": 120.0},
        sources={
            "autoname": "pulumi-digitalocean provider/resources.go: every `name` that is no exception",
            "rules": f"{_RESOURCE}: NoZeroValues, StringLenBetween(0, 255), IsCIDR",
            "immutable": f"{_RESOURCE}: ForceNew",
            "unique": f"{_API}: 'Must be unique and may only contain alphanumeric characters, dashes, and periods'",
            "members": "pulumi-digitalocean#753: DELETE … 409 Can not delete VPC with members",
            "seconds": f"{_RESOURCE}: DefaultTimeout(2 minutes)",
        },
    )
    path = "/v2/vpcs"
    noun = "VPC"

    def verify(self, inputs: Record, before: Record | None) -> None:
        method, path = ("PUT", f"{self.path}/{before['id']}") if before else ("POST", self.path)
        if not re.fullmatch(r"[A-Za-z0-9.-]+", inputs["name"]):
            raise self.cloud.refused(method, path, 422, "name: may only contain alphanumeric characters, dashes, and periods")
        if inputs["region"].lower() not in REGIONS:
            raise self.cloud.refused(method, path, 422, "region: is invalid")
        if not before and "ipRange" in inputs:
            self._verify_range(inputs["ipRange"])

    def _verify_range(self, text: str) -> None:
        """RFC 1918, from /16 to /28, and over no other network of the account (terraform-provider-digitalocean docs/resources/vpc.md)."""
        network = ip_network(text, strict=False)
        if not network.is_private or not 16 <= network.prefixlen <= 28:
            raise self.cloud.refused("POST", self.path, 422, "ip_range: must be a private range (RFC 1918) between /16 and /28")
        if any(network.overlaps(ip_network(record["ipRange"])) for record in self.cloud.list("vpcs")):
            raise self.cloud.refused("POST", self.path, 422, "This range/size overlaps with another VPC network in your account.")

    def server_set(self, inputs: Record) -> Record:
        return {"ipRange": inputs.get("ipRange") or self._free_range(), "default": False, "description": inputs.get("description", "")}

    def _free_range(self) -> str:
        """The next free /20, as the API hands out (10.118.80.0/20 in terraform-provider-digitalocean#551)."""
        taken = [ip_network(record["ipRange"]) for record in self.cloud.list("vpcs")]
        candidates = ip_network("10.64.0.0/11").subnets(new_prefix=20)
        return str(next(network for network in candidates if not any(network.overlaps(other) for other in taken)))

    def taken(self, method: str, path: str, match: Record) -> Refused:
        return self.cloud.refused(method, path, 422, "name: a VPC with that name already exists")

    def outputs(self, record: Record, before: Record) -> Record:
        return {**super().outputs(record, before), "vpcUrn": f"do:vpc:{record['id']}", "createdAt": times.go(record["createdAt"])}

    def delete(self, id: str, state: Record, timeout: float) -> None:
        """The plugin tries again for two minutes while there are members (terraform-provider-digitalocean PR 1424)."""
        path = f"{self.path}/{id}"
        self.request("DELETE", path, "delete")
        record = self.cloud.find("vpcs", id)
        if record and record.get("default"):
            raise self.cloud.refused("DELETE", path, 403, "Can not delete default VPCs")
        if not self.cloud.wait(lambda: not self.members(id), timeout):
            raise self.cloud.refused("DELETE", path, 409, "Can not delete VPC with members")
        self.cloud.store.delete(self.cloud.name, "vpcs", id)
