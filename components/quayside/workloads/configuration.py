"""What a service's pods read: plain values in a ConfigMap, secret ones in a Secret, and how a change of either reaches them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from quayside.workloads.metadata import Manifest, metadata


def config_name(name: str, config: Mapping[str, str]) -> str:
    """The name of a ConfigMap with this content: another content is another name, so that pods roll and a rollback finds the old one."""
    content = json.dumps(dict(config), sort_keys=True).encode()
    return f"{name}-config-{hashlib.sha256(content).hexdigest()[:10]}"


def config_map(name: Any, home: Any, labels: Mapping[str, str], config: Mapping[str, Any], account: Mapping[str, Any]) -> Manifest:
    """Plain values for the environment. name: from config_name.

    account: the ServiceAccount's name and uid. As the owner it takes all former ConfigMaps along when the service goes: Pulumi leaves those
    where they are, for rollbacks.
    """
    owner = {"apiVersion": "v1", "kind": "ServiceAccount", **account}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**metadata(name, home, labels), "ownerReferences": [owner]},
        "data": dict(config),
        "immutable": True,
    }


def secret_name(name: str) -> str:
    """The name of a service's Secret."""
    return f"{name}-secrets"


def secret(name: str, home: Any, labels: Mapping[str, str], data: Any) -> Manifest:
    """Secret values for the environment, under a stable name. data: from secret_data."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata(name, home, labels), "type": "Opaque", "data": data}


def secret_data(values: Mapping[str, str]) -> dict[str, str]:
    """Values as the API holds them. Not stringData: a key that is taken out of it stays in the Secret under server-side apply."""
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


def checksum(key: str, values: Mapping[str, str]) -> str:
    """A checksum of secret values that says nothing about them to whoever does not know the key, so that it may stand on the pods.

    Without a key, as in the preview of a Secret that is not there yet, there is none: whoever reads the preview could try values out.
    """
    if not key:
        return "known after the first up"
    return hmac.new(key.encode(), json.dumps(dict(values), sort_keys=True).encode(), hashlib.sha256).hexdigest()[:32]
