"""What an API server holds of one kind, kept current by a watch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import httpx

from ..kube import Api, ApiError
from ..kube.client import Object

log = logging.getLogger(__name__)
PAUSE, LONGEST_PAUSE = 0.3, 3.0  # seconds between tries; the kind may be gone for good
Key = tuple[str, str]  # namespace ('' where there is none) and name


class Watched:
    """The objects of one kind. `version` grows with each change, and `changed` is called."""

    def __init__(self, api: Api, api_version: str, kind: str, changed: Callable[[], None], *, labels: str | None = None) -> None:
        self.api_version, self.kind = api_version, kind
        self.version = 0
        self.synced = threading.Event()
        self._api, self._changed, self._labels = api, changed, labels
        self._objects: dict[Key, Object] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name=f"watch {kind}", daemon=True).start()

    def items(self) -> list[Object]:
        """Not to be changed by the caller."""
        with self._lock:
            return list(self._objects.values())

    def get(self, name: str, namespace: str = "") -> Object | None:
        with self._lock:
            return self._objects.get((namespace, name))

    def stop(self) -> None:
        """Ends at the next event or when the server goes away."""
        self._stopped.set()

    def _run(self) -> None:
        pause = PAUSE
        while not self._stopped.is_set():
            version = self.version
            try:
                self._follow()
            except (ApiError, httpx.HTTPError, OSError, ValueError) as problem:
                pause = PAUSE if self.version > version else min(2 * pause, LONGEST_PAUSE)
                if not self._stopped.wait(pause):
                    log.debug("watch of %s starts anew: %s", self.kind, problem)

    def _follow(self) -> None:
        items, version = self._api.list_with_version(self.api_version, self.kind, labels=self._labels)
        with self._lock:
            self._objects = {_key(item): item for item in items}
        self._tell()
        self.synced.set()
        while not self._stopped.is_set():
            for event, item in self._api.watch(self.api_version, self.kind, labels=self._labels, resource_version=version):
                if self._stopped.is_set():
                    return
                version = item["metadata"]["resourceVersion"]
                if event == "BOOKMARK":
                    continue
                with self._lock:
                    if event == "DELETED":
                        self._objects.pop(_key(item), None)
                    else:
                        self._objects[_key(item)] = item
                self._tell()

    def _tell(self) -> None:
        self.version += 1
        self._changed()


def _key(item: Object) -> Key:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
