"""What a simulated pod shows of itself over TLS: the certificate that it mounts, else one of the cluster's authority for the name asked for."""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
from pathlib import Path

from ..folder import write_text
from ..kube import Api, ApiError
from ..kube.client import Object
from .certificates import Authority, Key

PAIRS = (("tls.crt", "tls.key"), ("cert", "key"))  # as Secrets of type kubernetes.io/tls and ingress-nginx's certgen name them


class ServedCertificates:
    """Those of one cluster; `folder` keeps what was issued."""

    def __init__(self, api: Api, authority: Authority, folder: Path) -> None:
        self.api, self.authority, self.folder = api, authority, folder
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, name: str, pod: Object) -> ssl.SSLContext:
        pair = self._mounted(pod)
        which = hashlib.sha256(pair.encode()).hexdigest()[:16] if pair else name or "unnamed"
        with self._lock:
            if which not in self._contexts:
                self._contexts[which] = self._load(which, pair or self._issue(name or "localhost"))
            return self._contexts[which]

    def _issue(self, name: str) -> str:
        key = Key.new()
        return (self.authority.issue(name[:60], [name], key) + key.pem()).decode()

    def _load(self, name: str, pair: str) -> ssl.SSLContext:
        file = self.folder / f"{name}.pem"
        write_text(file, pair)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(file)
        return context

    def _mounted(self, pod: Object) -> str | None:
        """Certificate and key from the first Secret that the pod mounts with both in it."""
        for volume in pod["spec"].get("volumes") or []:
            name = (volume.get("secret") or {}).get("secretName")
            if not name:
                continue
            try:
                data = (self.api.find("v1", "Secret", name, pod["metadata"]["namespace"]) or {}).get("data") or {}
            except ApiError:
                continue
            for certificate, key in PAIRS:
                if data.get(certificate) and data.get(key):
                    return "\n".join(base64.b64decode(data[part]).decode().strip() for part in (certificate, key)) + "\n"
        return None
