"""A small client of the Kubernetes API: objects are plain dicts, kinds are looked up by discovery.

The plugin, the provisioner, the summary and the tests all speak through it. It is safe to use from several threads.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from .kubeconfig import Connection
from .no_answer import in_words

Object = dict[str, Any]
Objects = list[Object]

TRIES = 11
"""Of one call that the server answers with Retry-After: as many as client-go makes, which the official plugin and kubectl stand on
(k8s.io/client-go rest/request.go, maxRetries 10)."""


class ApiError(Exception):
    """The API server's own 'no': its status object says why."""

    def __init__(self, code: int, reason: str, message: str, details: Object | None = None) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details or {}


class NoSuchKind(ApiError):
    """The server serves no such apiVersion or kind (yet): a CRD may be missing."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(404, "NoKindMatch", f'no matches for kind "{kind}" in version "{api_version}"')


@dataclass(frozen=True)
class ResourceKind:
    """How one kind is addressed."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str] = frozenset()

    def path(self, name: str | None = None, namespace: str | None = None) -> str:
        """The URL path of an object, or of the collection where no name is given."""
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}{scope}/{self.plural}" + (f"/{name}" if name else "")


class Api:
    """One API server, as one user sees it."""

    def __init__(
        self,
        connection: Connection,
        *,
        timeout: float = 60.0,
        on_warning: Callable[[str], None] | None = None,
        user_agent: str = "quayside-sandbox",
    ) -> None:
        self.connection = connection
        self._on_warning = on_warning
        self._kinds: dict[str, dict[str, ResourceKind]] = {}
        self._lock = threading.Lock()
        headers = {"User-Agent": user_agent, "Accept": "application/json"}
        authorization = connection.authorization()
        if authorization:
            headers["Authorization"] = authorization
        extensions = {"sni_hostname": connection.tls_server_name} if connection.tls_server_name else {}
        self._extensions = extensions
        self.http = httpx.Client(
            base_url=connection.server,
            verify=connection.ssl_context(),
            headers=headers,
            timeout=timeout,
            proxy=connection.proxy_url,
            trust_env=False,
            # Each watch holds a connection for as long as it lasts: a limit would let many waits starve the rest.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        )

    @classmethod
    def from_kubeconfig(cls, kubeconfig: str, **options: Any) -> Api:
        return cls(Connection.parse(kubeconfig), **options)

    def close(self) -> None:
        self.http.close()

    # -- kinds ------------------------------------------------------------------------------------------------------

    def kind(self, api_version: str, kind: str) -> ResourceKind:
        """Looks a kind up; an unknown one is asked for again each time, since a CRD may have come. Raises NoSuchKind."""
        with self._lock:
            known = self._kinds.get(api_version, {}).get(kind)
        if known:
            return known
        fresh = {found.kind: found for found in self.kinds(api_version)}
        with self._lock:
            self._kinds[api_version] = fresh
        if kind not in fresh:
            raise NoSuchKind(api_version, kind)
        return fresh[kind]

    def kinds(self, api_version: str) -> list[ResourceKind]:
        """All kinds of an API version, without subresources; empty where it is not served."""
        root = "/api/" if "/" not in api_version else "/apis/"
        try:
            listing = self.request("GET", root + api_version)
        except ApiError as problem:
            if problem.code == 404:
                return []
            raise
        return [
            ResourceKind(api_version, r["kind"], r["name"], bool(r["namespaced"]), frozenset(r.get("verbs") or ()))
            for r in listing.get("resources") or []
            if "/" not in r["name"]
        ]

    def versions(self) -> list[str]:
        """Every API version served, the preferred one of each group first."""
        groups = self.request("GET", "/apis").get("groups") or []
        core = self.request("GET", "/api").get("versions") or []
        found = list(core)
        for group in groups:
            preferred = group["preferredVersion"]["groupVersion"]
            others = [v["groupVersion"] for v in group["versions"] if v["groupVersion"] != preferred]
            found += [preferred, *others]
        return found

    # -- objects ----------------------------------------------------------------------------------------------------

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object:
        return self.request("GET", self.kind(api_version, kind).path(name, namespace))

    def find(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """Like get, but None where there is no such object or kind."""
        try:
            return self.get(api_version, kind, name, namespace)
        except ApiError as problem:
            if problem.code == 404:
                return None
            raise

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str | None = None, fields: str | None = None
    ) -> Objects:
        """The objects of a kind, in one namespace or all; `labels` and `fields` are selectors. Items carry apiVersion and kind."""
        items, _ = self.list_with_version(api_version, kind, namespace, labels=labels, fields=fields)
        return items

    def list_with_version(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str | None = None, fields: str | None = None
    ) -> tuple[Objects, str]:
        """The objects and the resource version from which a watch goes on."""
        params = {"labelSelector": labels, "fieldSelector": fields}
        answer = self.request("GET", self.kind(api_version, kind).path(None, namespace), params=params)
        items = [{"apiVersion": api_version, "kind": kind, **item} for item in answer.get("items") or []]
        return items, answer["metadata"].get("resourceVersion", "")

    def create(self, body: Object, *, field_manager: str | None = None, dry_run: bool = False, strict: bool = False) -> Object:
        """POST: fails with reason AlreadyExists where the object is there."""
        path = self._path(body, collection=True)
        return self.request("POST", path, params=_params(field_manager, dry_run, strict), body=body)

    def replace(self, body: Object, *, field_manager: str | None = None, dry_run: bool = False) -> Object:
        return self.request("PUT", self._path(body), params=_params(field_manager, dry_run), body=body)

    def apply(self, body: Object, *, field_manager: str, force: bool = False, dry_run: bool = False, strict: bool = False) -> Object:
        """Server-side apply; a field that another manager owns and that differs is a conflict unless forced."""
        params = {**_params(field_manager, dry_run, strict), "force": "true" if force else "false"}
        return self.request("PATCH", self._path(body), params=params, body=body, content_type="application/apply-patch+yaml")

    def patch(
        self,
        api_version: str,
        kind: str,
        name: str,
        body: Any,
        namespace: str | None = None,
        *,
        how: str = "merge",
        subresource: str | None = None,
        field_manager: str | None = None,
        dry_run: bool = False,
    ) -> Object:
        """A `merge`, `strategic-merge` or `json` patch, of the object or of a subresource such as 'status' or 'scale'."""
        path = self.kind(api_version, kind).path(name, namespace) + (f"/{subresource}" if subresource else "")
        content_type = "application/json-patch+json" if how == "json" else f"application/{how}-patch+json"
        return self.request("PATCH", path, params=_params(field_manager, dry_run), body=body, content_type=content_type)

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str | None = None, **options: Any
    ) -> Object:
        """Asks for deletion and returns at once: finalizers may keep the object for a while."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation, **options}
        return self.request("DELETE", self.kind(api_version, kind).path(name, namespace), body=body)

    def watch(
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        *,
        fields: str | None = None,
        labels: str | None = None,
        resource_version: str = "",
        timeout: float = 300.0,
        on_open: Callable[[httpx.Response], None] | None = None,
    ) -> Iterator[tuple[str, Object]]:
        """Yields (ADDED | MODIFIED | DELETED | BOOKMARK, object) until the time is up.

        `on_open` is given the open response, so that another thread can end the reading.

        Raises ApiError with code 410 where the resource version is too old, and httpx.TransportError where the server is gone.
        """
        params = {
            "watch": "true",
            "fieldSelector": fields,
            "labelSelector": labels,
            "resourceVersion": resource_version,
            "timeoutSeconds": str(max(1, int(timeout))),
        }
        path = self.kind(api_version, kind).path(None, namespace)
        limit = httpx.Timeout(10.0, read=timeout + 10.0)
        clean = {key: value for key, value in params.items() if value}
        with self.http.stream("GET", path, params=clean, timeout=limit, extensions=self._extensions) as response:
            if response.status_code >= 400:
                response.read()
                raise _error(response)
            if on_open:
                on_open(response)
            for line in response.iter_lines():
                if line:
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        status = event["object"]
                        raise ApiError(status.get("code", 500), status.get("reason", ""), status.get("message", ""))
                    yield event["type"], event["object"]

    # -- the wire ---------------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str | None] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> Object:
        """One call. Raises ApiError for an answer that is an error, httpx.TransportError where there is none."""
        request = self.http.build_request(
            method,
            path,
            params={key: value for key, value in (params or {}).items() if value},
            content=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": content_type},
            extensions=self._extensions,
        )
        for left in reversed(range(TRIES)):
            try:
                response = self.http.send(request)
            except httpx.TransportError as problem:
                raise type(problem)(in_words(problem, request.url, method)) from problem
            if not left or (seconds := _asked_to_wait(response)) is None:
                break
            time.sleep(seconds)
        if self._on_warning:
            for header in response.headers.get_list("warning"):
                self._on_warning(_warning_text(header))
        if response.status_code >= 400:
            raise _error(response)
        answer: Object = response.json() if response.content else {}
        return answer

    def text(self, path: str, **params: str) -> str:
        """The raw text of a path such as a pod's log or /readyz."""
        response = self.http.get(path, params=params, extensions=self._extensions)
        if response.status_code >= 400:
            raise _error(response)
        return response.text

    def _path(self, body: Object, collection: bool = False) -> str:
        metadata = body.get("metadata") or {}
        kind = self.kind(body["apiVersion"], body["kind"])
        namespace = metadata.get("namespace") or "default"
        return kind.path(None if collection else metadata["name"], namespace)


def _params(field_manager: str | None = None, dry_run: bool = False, strict: bool = False) -> dict[str, str | None]:
    return {"fieldManager": field_manager, "dryRun": "All" if dry_run else None, "fieldValidation": "Strict" if strict else None}


def _asked_to_wait(response: httpx.Response) -> int | None:
    """Seconds after which the server wants to be asked again: it is busy, or has only just learned of a new kind."""
    if response.status_code != 429 and response.status_code < 500:
        return None
    after = response.headers.get("Retry-After", "")
    return int(after) if after.isdigit() else None


def _error(response: httpx.Response) -> ApiError:
    try:
        status = response.json()
        return ApiError(response.status_code, status.get("reason") or "", status.get("message") or response.text, status.get("details"))
    except (ValueError, AttributeError):
        text = response.text.strip() or response.reason_phrase
        return ApiError(response.status_code, response.reason_phrase.replace(" ", ""), text)


def _warning_text(header: str) -> str:
    first, last = header.find('"'), header.rfind('"')
    return header[first + 1 : last].replace('\\"', '"') if 0 <= first < last else header
