"""One simulated cluster's control plane: etcd, API server, controllers, scheduler and the simulator of its kubelets.

Everything lives under one folder; started again on it, the cluster is the same: data, ports, keys, tokens.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import secrets
import shutil
import ssl
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import httpx

from .. import processes
from ..folder import Folder, read_json, write_json, write_text
from ..kube import Api, ApiError, Connection
from ..processes import Guard
from . import components, stages
from .certificates import Authority, Key
from .components import Layout, Ports

log = logging.getLogger(__name__)

START_LIMIT = 120.0  # seconds; three on an idle machine
# What every container is said to have written, in the format of container runtimes.
CONTAINER_LOG = "2026-01-01T00:00:00.000000000Z stdout F This is a rehearsal: containers are simulated and write nothing.\n"


class StartFailed(RuntimeError):
    """A component did not come up; the message says which and holds the end of its log."""


class ControlPlane:
    """Start, stop, and how to reach it.

    `tokens` are bearer tokens that are to be valid beside the cluster's own: token → user name; all may do everything.
    """

    def __init__(
        self,
        sandbox: Folder,
        name: str,
        *,
        guard: Guard | None = None,
        tokens: Mapping[str, str] | None = None,
        service_subnet: str = "10.245.0.0/16",
    ) -> None:
        self.sandbox, self.name, self.guard = sandbox, name, guard
        self.layout = Layout(sandbox.clusters / name)
        self.extra_tokens = dict(tokens or {})
        self._file = self.layout.root / "plane.json"
        state = read_json(self._file, None) or {
            "ports": asdict(_free_ports()),
            "token": secrets.token_hex(32),
            "serviceSubnet": service_subnet,
        }
        self.ports = Ports(**state["ports"])
        self.token: str = state["token"]
        self.service_subnet: str = state["serviceSubnet"]

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.ports.api}"

    @property
    def ca(self) -> bytes:
        return (self.layout.keys / "ca.pem").read_bytes()

    def authority(self) -> Authority:
        """Signs certificates that the cluster trusts."""
        return Authority(f"{self.name}-ca", Key.parse((self.layout.keys / "ca.key").read_bytes()), self.ca)

    def kubeconfig(self, token: str | None = None) -> str:
        """For the cluster's administrator, or whoever the token stands for."""
        return kubeconfig(self.name, self.server, base64.b64encode(self.ca).decode(), token or self.token)

    def connection(self) -> Connection:
        return Connection(server=self.server, ca=self.ca, user={"token": self.token})

    def api(self) -> Api:
        return Api(self.connection())

    # -- life -------------------------------------------------------------------------------------------------------------

    def start(self, timeout: float = START_LIMIT) -> None:
        """Returns once the API server is ready and the others run. Raises StartFailed, and then leaves nothing running."""
        fresh = not self._file.exists()
        if not fresh:
            self.ports = _without_taken(self.ports)
        deadline = time.monotonic() + timeout
        try:
            while True:
                self._write_files()
                try:
                    self._start_api(deadline)
                    break
                except StartFailed as problem:
                    # Between our choice of a port and its use somebody else may have taken it.
                    if not fresh or "address already in use" not in str(problem) or time.monotonic() > deadline:
                        raise
                    self.stop()
                    self.ports = _free_ports()
            self._spawn("controller-manager", components.controller_manager(self.layout))
            self._spawn("scheduler", components.scheduler(self.layout))
            self._free_leases()
            self._spawn("kwok", components.kwok(self.layout))
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout: float = 10.0) -> None:
        """Ends all components; the data stay."""
        # The API server goes before etcd: without it, it would not end in good time.
        for group in (("kwok", "scheduler", "controller-manager", "apiserver"), ("etcd",)):
            which = [self._process(component) for component in group]
            pids = [pid for name in which if (pid := processes.pid_of(self.sandbox, name))]
            processes.stop_together(self.sandbox, which, timeout)
            for pid in pids if self.guard else ():
                assert self.guard is not None
                self.guard.remove(pid)

    def stop_api(self) -> None:
        """Ends the API server at once, as an outage does; everything else runs on."""
        name = self._process("apiserver")
        pid = processes.pid_of(self.sandbox, name)
        processes.stop_together(self.sandbox, [name], timeout=0)
        if self.guard and pid:
            self.guard.remove(pid)

    def start_api(self, timeout: float = START_LIMIT) -> None:
        """Starts the API server that `stop_api` ended; returns once it is ready. Raises StartFailed."""
        self._spawn("apiserver", components.apiserver(self.layout, self.ports, self.service_subnet))
        self._await_api(time.monotonic() + timeout)

    def remove(self) -> None:
        """Stops it and deletes its folder."""
        self.stop(timeout=0)
        shutil.rmtree(self.layout.root, ignore_errors=True)

    def revive(self) -> list[str]:
        """Starts components again that have ended by themselves; returns one line for each, with the end of its log."""
        lines: list[str] = []
        for component, argv in self._commands().items():
            if not processes.alive(self.sandbox, self._process(component)):
                lines.append(f"{component} of cluster {self.name} ended and was started again:\n{self._log_end(component)}")
                if component == "kwok":
                    self._free_leases()
                self._spawn(component, argv)
        return lines

    # -- parts ------------------------------------------------------------------------------------------------------------

    def _commands(self) -> dict[str, list[str]]:
        return {
            "etcd": components.etcd(self.layout, self.ports),
            "apiserver": components.apiserver(self.layout, self.ports, self.service_subnet),
            "controller-manager": components.controller_manager(self.layout),
            "scheduler": components.scheduler(self.layout),
            "kwok": components.kwok(self.layout),
        }

    def _start_api(self, deadline: float) -> None:
        self._spawn("etcd", components.etcd(self.layout, self.ports))
        self._spawn("apiserver", components.apiserver(self.layout, self.ports, self.service_subnet))
        self._await_api(deadline)

    def _await_api(self, deadline: float) -> None:
        trust = ssl.create_default_context(cadata=self.ca.decode())
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.server, verify=trust, headers=headers, timeout=5.0, trust_env=False) as http:
            while True:
                try:
                    if http.get("/readyz").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                self._raise_if_ended("etcd", "apiserver")
                if time.monotonic() > deadline:
                    raise StartFailed(
                        f"the API server of cluster {self.name} was not ready in time; its log ends:\n{self._log_end('apiserver')}"
                    )
                time.sleep(0.05)

    def _free_leases(self) -> None:
        """A new kwok would wait for those of the one before it to run out, forty seconds."""
        api = self.api()
        try:
            api.request("DELETE", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases")
        except (ApiError, httpx.TransportError) as problem:  # then pods wait a little
            log.info("leases of %s could not be freed: %s", self.name, problem)
        finally:
            api.close()

    def _process(self, component: str) -> str:
        return f"{self.name}.{component}"

    def _log(self, component: str) -> Path:
        return self.sandbox.logs / f"{self._process(component)}.log"

    def _log_end(self, component: str, lines: int = 8) -> str:
        try:
            text = self._log(component).read_text(errors="replace")
        except FileNotFoundError:
            return "  (no log)"
        return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])

    def _spawn(self, component: str, argv: list[str]) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.layout.root), "TMPDIR": str(self.layout.root)}
        pid = processes.spawn(self.sandbox, self._process(component), argv, environment, self._log(component), cwd=self.layout.root)
        if self.guard:
            self.guard.add(pid)

    def _raise_if_ended(self, *which: str) -> None:
        for component in which:
            if not processes.alive(self.sandbox, self._process(component)):
                raise StartFailed(f"{component} of cluster {self.name} ended while starting; its log ends:\n{self._log_end(component)}")

    def _write_files(self) -> None:
        layout = self.layout
        layout.root.mkdir(parents=True, exist_ok=True)
        if not (layout.keys / "ca.key").exists():
            self._write_keys()
        users = {self.token: "admin", **self.extra_tokens}
        rows = [f'{token},{user},{user},"system:masters"' for token, user in users.items()]
        write_text(layout.tokens, "\n".join(rows) + "\n")
        write_text(layout.kubeconfig, self.kubeconfig())
        write_text(layout.root / "container.log", CONTAINER_LOG)
        # A socket, since the API server panics on a plain TCP proxy (getTLSConfig of nothing, v1.36.1); its name relative to the
        # server's working folder, since the system allows a hundred characters only.
        transport = {"uds": {"udsName": layout.network.name}}
        egress = {
            "apiVersion": "apiserver.k8s.io/v1beta1",
            "kind": "EgressSelectorConfiguration",
            "egressSelections": [{"name": "cluster", "connection": {"proxyProtocol": "HTTPConnect", "transport": transport}}],
        }
        write_text(layout.egress, json.dumps(egress))
        stages.write_configuration(
            layout.kwok,
            port=self.ports.kubelet,
            certificate=layout.keys / "server.pem",
            key=layout.keys / "server.key",
            logs=layout.root / "container.log",
        )
        write_json(self._file, {"ports": asdict(self.ports), "token": self.token, "serviceSubnet": self.service_subnet})

    def _write_keys(self) -> None:
        keys = self.layout.keys
        authority, server, client = Authority.new(f"{self.name}-ca"), Key.new(), Key.new()
        hosts = ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
        files = {
            "ca.pem": authority.certificate,
            "server.pem": authority.issue("kube-apiserver", hosts, server),
            "server.key": server.pem(),
            "client.pem": authority.issue("front-proxy-client", [], client),
            "client.key": client.pem(),
            "accounts.key": Key.new().pem(),
            "ca.key": authority.key.pem(),  # last: where it is, all are
        }
        for name, content in files.items():
            write_text(keys / name, content.decode())


def kubeconfig(name: str, server: str, ca: str, token: str) -> str:
    """The text of a kubeconfig (JSON, which is YAML too); `ca` is base64 of PEM."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": ca}}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return json.dumps(document)


def _without_taken(ports: Ports) -> Ports:
    """Those of a cluster that ran before; where another program listens meanwhile, others. Only the API server's is known outside."""
    taken = [name for name in ("etcd", "etcd_peer", "kubelet") if not processes.is_free(getattr(ports, name))]
    return replace(ports, **dict(zip(taken, processes.free_ports(len(taken)), strict=True)))


def _free_ports() -> Ports:
    return Ports(*processes.free_ports(4))
