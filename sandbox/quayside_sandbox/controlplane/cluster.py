"""One simulated cluster from request to removal: its control plane, and the simulators that act inside of it.

Runs in a thread of the provisioner. The request is a record in the clouds' memory; what comes of it is written there.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from ..clouds.store import Missing, Store
from ..folder import Folder
from ..kube import Api, ApiError
from ..processes import Guard
from . import api_faults, faults, measured
from .authority_injection import REGISTRATION, AuthorityInjection
from .autoscaler import Autoscaler
from .controllers import Surroundings, controllers
from .crds import load_crds
from .failures import FailingPods
from .fault_policy import FaultPolicy
from .load_balancers import LoadBalancers
from .lost_nodes import LostNodes
from .metrics_api import MetricsApi
from .network import Network
from .nodes import LocalNodes, NodePools
from .plane import ControlPlane, StartFailed
from .pod_answers import answer
from .served_certificates import ServedCertificates
from .simulator import Simulator
from .system import SystemObjects, doks_objects, local_objects
from .volumes import Claims, Volumes
from .watched import Watched

log = logging.getLogger(__name__)

HEALTH_PERIOD = 2.0  # seconds between looks at the components
PATIENCE = 10  # times that components may end by themselves before the cluster counts as broken

KINDS = api_faults.KINDS
OUTAGE_PERIOD = 0.5  # seconds between looks at whether a stopped API server shall start again
Watches = dict[tuple[str, str, str | None], Watched]  # by API version, kind and labels


class Cluster:
    """`cloud` and `id` name the record. start() returns at once; stop() when all has ended."""

    def __init__(self, folder: Folder, store: Store, cloud: str, id: str, guard: Guard, tokens: Mapping[str, str]) -> None:
        self.folder, self.store, self.cloud, self.id = folder, store, cloud, id
        record = store.get(cloud, KINDS[cloud], id)
        options: dict[str, Any] = {"service_subnet": record["serviceSubnet"]} if record.get("serviceSubnet") else {}
        if record.get("_apiToken"):
            tokens = {**tokens, record["_apiToken"]: "digitalocean-api-token"}
        self.plane = ControlPlane(folder, f"{cloud}-{record['name']}-{id[:8]}", guard=guard, tokens=tokens, **options)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._store_version = 0
        self._outage = False  # the API server is stopped on demand
        self._thread = threading.Thread(target=self._run, name=f"cluster {record['name']}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def store_changed(self) -> None:
        """The clouds' memory has changed: look again."""
        self._store_version += 1
        self._wake.set()

    def stop(self) -> None:
        """Ends the simulators and the control plane; data and records stay."""
        self.ask_to_stop()
        self._thread.join()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    # -- the thread -------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            if not self._going():
                self._start()
            if not self._going() and not self._stopping.is_set():
                self._live()
            if self._going():
                self._remove()
                return
        except StartFailed as problem:
            self._fail(str(problem))
        except Exception as problem:  # a bug of ours must show in the record, or whoever asked would wait for ever
            log.exception("cluster %s failed", self.plane.name)
            self._fail(f"the sandbox failed to run the cluster: {problem!r}; see {self.folder.logs / 'provisioner.log'}")
        finally:
            self.plane.stop()
        while not self._stopping.is_set():  # a broken cluster can still be deleted
            self._wake.wait(5.0)
            self._wake.clear()
            if self._going():
                self._remove()
                return

    def _start(self) -> None:
        began = time.monotonic()
        self.plane.start()
        log.info("API server of %s ready after %.1f s", self.plane.name, time.monotonic() - began)
        crds = self.folder.read_settings().get("crds")
        if crds:
            with_crds = time.monotonic()
            api = self.plane.api()
            count = load_crds(api, Path(crds))
            api.close()
            log.info("%d CRDs of %s established in %s after %.1f s", count, crds, self.plane.name, time.monotonic() - with_crds)

    def _live(self) -> None:
        api = self.plane.api()
        watches: Watches = {}
        network: Network | None = None
        try:
            simulators = self._simulators(api, watches)
            certificates = ServedCertificates(api, self.plane.authority(), self.plane.layout.keys / "served")
            pods, nodes = watches["v1", "Pod", None], watches["v1", "Node", None]
            answers = partial(answer, api, MetricsApi(self.folder, api))
            network = Network(self.plane.layout.network, self.plane.ports.kubelet, pods, nodes, certificates, answers)
            for watched in watches.values():
                watched.synced.wait(30)
            self._loop([*simulators, network])
        finally:
            if network:
                network.close()
            for watched in watches.values():
                watched.stop()
            api.close()
            faults.forget(self.folder, self.plane.name)

    def _simulators(self, api: Api, watches: Watches) -> list[Simulator]:
        def watch(api_version: str, kind: str, labels: str | None = None) -> Watched:
            key = (api_version, kind, labels)
            if key not in watches:
                watches[key] = Watched(api, api_version, kind, self._wake.set, labels=labels)
            return watches[key]

        nodes, pods, services = watch("v1", "Node"), watch("v1", "Pod"), watch("v1", "Service")
        claims = Claims(watch("v1", "PersistentVolumeClaim"), watch("v1", "PersistentVolume"), watch("storage.k8s.io/v1", "StorageClass"))
        workloads = [watch("apps/v1", "Deployment"), watch("batch/v1", "Job")]
        webhooks = [watch(REGISTRATION, "ValidatingWebhookConfiguration"), watch(REGISTRATION, "MutatingWebhookConfiguration")]
        record = self.store.get(self.cloud, KINDS[self.cloud], self.id)
        region = record.get("region", "")
        base = {"region": region, "vpcUuid": record.get("vpcUuid", "")} if self.cloud == "digitalocean" else {}
        mine: list[Simulator]
        if self.cloud == "digitalocean":
            mine = [
                NodePools(self.store, self.id, api, nodes, pods),
                SystemObjects(api, doks_objects(record)),
                Autoscaler(self.store, self.id, api, nodes, pods),
            ]
        else:
            mine = [LocalNodes(self.store, self.id, api, nodes), SystemObjects(api, local_objects())]
        return [
            *mine,
            LoadBalancers(self.store, self.cloud, self.id, base, api, services, nodes),
            Volumes(self.store, self.cloud, self.id, region, api, claims, self._claim_held),
            FaultPolicy(self.folder, self.plane.name, api, pods),
            FailingPods(api, pods, nodes),
            LostNodes(self.folder, api, nodes, pods),
            AuthorityInjection(api, self.plane.ca, workloads, webhooks),
            *controllers(Surroundings(api, self.store, self.cloud, self.id, watch, partial(measured.rules, self.folder))),
        ]

    def _claim_held(self, namespace: str, name: str) -> bool:
        return any(
            faults.matches(rule, "volume", f"{namespace}/{name}") for rule in faults.rules(self.folder) if rule["kind"] == "volume-pending"
        )

    def _loop(self, simulators: list[Simulator]) -> None:
        seen: dict[int, tuple[int, ...]] = {}
        due: dict[int, float] = {}
        next_health = time.monotonic() + HEALTH_PERIOD
        deaths = 0
        while not self._stopping.is_set() and not self._going():
            self._wake.clear()
            if self._api_stopped():
                self._wake.wait(OUTAGE_PERIOD)
                continue
            now = time.monotonic()
            for index, simulator in enumerate(simulators):
                versions = (self._store_version, *(watched.version for watched in simulator.watches))
                if seen.get(index) == versions and due.get(index, now + 1) > now:
                    continue
                seen[index] = versions
                due.pop(index, None)
                try:
                    again = simulator.reconcile()
                except (ApiError, httpx.HTTPError, Missing) as problem:
                    log.info("%s in %s tries again: %s", type(simulator).__name__, self.plane.name, problem)
                    again = 0.5
                if again is not None:
                    due[index] = time.monotonic() + again
            self._tell_running(simulators)
            if time.monotonic() > next_health:
                for line in self.plane.revive():
                    deaths += 1
                    log.warning("%s", line)
                    if deaths > PATIENCE:
                        raise StartFailed(line)
                next_health = time.monotonic() + HEALTH_PERIOD
            until = min([next_health, *due.values()])
            if self._wake.wait(max(0.0, until - time.monotonic())):
                self._stopping.wait(0.03)  # changes come in groups

    def _api_stopped(self) -> bool:
        """Stops or starts the API server as the faults say; whether it is stopped now. Raises StartFailed."""
        record = self._record() or {}
        wanted = api_faults.wanted(record)
        if wanted != self._outage:
            self.plane.stop_api() if wanted else self.plane.start_api()
            self._outage = wanted
            log.info("the API server of %s %s on demand", self.plane.name, "stopped" if wanted else "started again")
        if bool(record.get(api_faults.DONE)) != wanted:
            api_faults.note(self.store, self.cloud, self.id, stopped=wanted)
        return wanted

    # -- the record -------------------------------------------------------------------------------------------------------

    def _record(self) -> dict[str, Any] | None:
        return self.store.find(self.cloud, KINDS[self.cloud], self.id)

    def _going(self) -> bool:
        record = self._record()
        return record is None or record["status"] == "deleting"

    def _tell_running(self, simulators: list[Simulator]) -> None:
        """Once the nodes that were asked for with the cluster are ready, it is running."""
        record = self._record()
        if record is None or record["status"] != "provisioning":
            return
        if all(simulator.ready() for simulator in simulators if isinstance(simulator, (NodePools, LocalNodes))):
            self._update(
                status="running",
                endpoint=self.plane.server,
                ipv4Address="127.0.0.1",
                _ca=base64.b64encode(self.plane.ca).decode(),
                _token=self.plane.token,
                _folder=self.plane.layout.root.name,
            )

    def _fail(self, message: str) -> None:
        log.error("cluster %s: %s", self.plane.name, message)
        if not self._going():
            self._update(status="error", statusMessage=message, _error=message)

    def _update(self, **fields: Any) -> None:
        def change(record: dict[str, Any]) -> dict[str, Any]:
            if record["status"] == "deleting":
                fields.pop("status", None)
            return {**record, **fields}

        with contextlib.suppress(Missing):
            self.store.update(self.cloud, KINDS[self.cloud], self.id, change)

    def _remove(self) -> None:
        """The control plane goes, then what the cloud knows of the cluster; its load balancers and volumes are not part of it."""
        record = self._record() or {}
        self.plane.remove()
        if self.cloud == "digitalocean":
            for pool in self.store.list(self.cloud, "kubernetesNodePools", clusterId=self.id):
                self.store.delete(self.cloud, "kubernetesNodePools", pool["id"])
        if self.cloud == "local" or record.get("_destroyAssociated"):
            for kind in ("loadBalancers", "volumes"):
                for made in self.store.list(self.cloud, kind, _clusterId=self.id):
                    self.store.delete(self.cloud, kind, made["id"])
        self.store.delete(self.cloud, KINDS[self.cloud], self.id)
        log.info("cluster %s removed", self.plane.name)
