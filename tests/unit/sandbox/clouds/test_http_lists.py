"""The vendors' lists over HTTP, as who asks a cloud without Pulumi gets them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds import http
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.environment import vendors
from quayside_sandbox.folder import Folder, write_json
from quayside_sandbox.processes import free_ports

ZONE = "5a" * 16


class Vendors:
    def __init__(self, folder: Folder) -> None:
        self.store = Store(folder.clouds)
        self.addresses = vendors(folder)

    def get(self, variable: str, path: str, token: str = "any") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.addresses[variable] + path, headers=headers)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Vendors]:
    folder = Folder(tmp_path)
    port = free_ports(1)[0]
    write_json(folder.settings, {"api_port": port})
    with http.served(Store(folder.clouds), port):
        yield Vendors(folder)


def test_digitaloceans_lists_come_in_pages(served: Vendors) -> None:
    for number in range(3):
        served.store.create("digitalocean", "vpcs", {"name": f"net-{number}", "ipRange": "10.0.0.0/20"}, id=f"v-{number}")
    status, first = served.get("DIGITALOCEAN_API_URL", "/v2/vpcs?per_page=2")
    assert status == 200
    assert [each["name"] for each in first["vpcs"]] == ["net-0", "net-1"]
    assert first["vpcs"][0]["urn"] == "do:vpc:v-0"
    assert first["vpcs"][0]["ip_range"] == "10.0.0.0/20"
    assert "page=2" in first["links"]["pages"]["next"]
    last = served.get("DIGITALOCEAN_API_URL", "/v2/vpcs?per_page=2&page=2")[1]
    assert ([each["name"] for each in last["vpcs"]], last["links"], last["meta"]) == (["net-2"], {}, {"total": 3})


def test_a_cluster_holds_its_pools_and_no_secret(served: Vendors) -> None:
    fields = {"name": "main", "tags": ["quayside"], "status": "running", "_token": "t", "_ca": "c", "kubeConfigs": ["secret"]}
    served.store.create("digitalocean", "kubernetesClusters", fields, id="c-1")
    served.store.create("digitalocean", "kubernetesNodePools", {"clusterId": "c-1", "name": "web", "nodeCount": 2}, id="p-1")
    (cluster,) = served.get("DIGITALOCEAN_API_URL", "/v2/kubernetes/clusters?page=1")[1]["kubernetes_clusters"]
    assert cluster["status"]["state"] == "running"
    assert [(pool["id"], pool["count"]) for pool in cluster["node_pools"]] == [("p-1", 2)]
    assert not {key for key in cluster if key.startswith(("_", "kube"))}


def test_cloudflares_zones_and_records_come_in_its_envelope(served: Vendors) -> None:
    served.store.create("cloudflare", "zones", {"name": "example.com", "status": "active"}, id=ZONE)
    served.store.create("cloudflare", "dnsRecords", {"zoneId": ZONE, "name": "www.example.com", "type": "A", "comment": "ours"}, id="r-1")
    found = served.get("CLOUDFLARE_BASE_URL", "/zones?name=example.com")[1]
    assert (found["success"], found["result"][0]["id"], found["result_info"]["total_pages"]) == (True, ZONE, 1)
    assert served.get("CLOUDFLARE_BASE_URL", "/zones?name=other.com")[1]["result"] == []
    (record,) = served.get("CLOUDFLARE_BASE_URL", f"/zones/{ZONE}/dns_records")[1]["result"]
    assert (record["id"], record["comment"]) == ("r-1", "ours")
    status, refused = served.get("CLOUDFLARE_BASE_URL", f"/zones/{'0' * 32}/dns_records")
    assert (status, refused["success"]) == (404, False)


def test_who_brings_no_token_is_turned_away_in_the_vendors_words(served: Vendors) -> None:
    assert served.get("DIGITALOCEAN_API_URL", "/v2/vpcs", token="")[0] == 401
    assert served.get("CLOUDFLARE_BASE_URL", "/zones", token="")[1]["errors"][0]["code"] == 9106
    assert served.get("DIGITALOCEAN_API_URL", "/v2/droplets")[0] == 404
