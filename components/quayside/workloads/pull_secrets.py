"""How the cluster gets images from registries that want a password."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from quayside.settings.registries import RegistrySettings
from quayside.workloads.metadata import Manifest, metadata

DOCKER_HUB = "docker.io"
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"
"""Under which Docker and the kubelet look for a login to Docker Hub."""


def logins(registries: Mapping[str, RegistrySettings], secret: Callable[[str], Any]) -> dict[str, dict[str, Any]]:
    """What services are told of a stack's registries: server → username and password. secret: finds a secret by its name.

    DigitalOcean's registry takes an API token for both (its documentation on `docker login`).
    """
    found = {}
    for registry in registries.values():
        password = secret(registry.password)
        found[registry.address] = {"username": registry.username or password, "password": password}
    return found


def repository(image: str) -> str:
    """An image's name with its registry, without tag and digest: Docker's rules, by which `nginx` is docker.io/library/nginx."""
    name = image.partition("@")[0]
    first, slash, rest = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        first, rest = DOCKER_HUB, name if slash else f"library/{name}"
    return f"{first}/{rest.partition(':')[0]}"


def server_of(image: str, servers: Mapping[str, Any]) -> str | None:
    """The server that an image comes from, the most precise one where several fit; None where it is none of them."""
    name = repository(image)
    return max((server for server in servers if name.startswith(f"{server}/")), key=len, default=None)


def chosen(image: Any, logins: Mapping[str, Any]) -> dict[str, Any]:
    """The logins that a service needs: the one of its image's server, or all where the image is known only later."""
    if not isinstance(image, str):
        return dict(logins)
    server = server_of(image, logins)
    return {} if server is None else {server: logins[server]}


def pull_secret_name(name: str) -> str:
    """The name of a service's pull secret."""
    return f"{name}-pull"


def pull_secret(name: str, home: Any, labels: Mapping[str, str], data: Any) -> Manifest:
    """The Secret that the kubelet logs in with. data: from pull_secret_data."""
    kind = "kubernetes.io/dockerconfigjson"
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata(name, home, labels), "type": kind, "data": data}


def pull_secret_data(logins: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Logins as a Docker configuration, in the form in which the API holds it."""
    auths = {}
    for server, login in sorted(logins.items()):
        username, password = login["username"], login["password"]
        auth = base64.b64encode(f"{username}:{password}".encode()).decode()
        key = _DOCKER_HUB_KEY if server == DOCKER_HUB else server
        auths[key] = {"username": username, "password": password, "auth": auth}
    return {".dockerconfigjson": base64.b64encode(json.dumps({"auths": auths}).encode()).decode()}
