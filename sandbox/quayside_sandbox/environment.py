"""What the engine, the program and the plugins may see: nothing of the surrounding environment that could reach a real account."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from .clouds.digitalocean.catalog import PLACEHOLDER_TOKEN
from .folder import FOLDER_VARIABLE, Folder
from .places import data_folder

# State lies in a folder that is thrown away and secure values are examples: the passphrase protects nothing, and needs no secrecy.
PASSPHRASE = "quayside-sandbox"

_CREDENTIAL = re.compile("TOKEN|PASSWORD|PASSPHRASE|SECRET|CREDENTIAL|_KEY$")
_KEPT = {"LANG", "LANGUAGE", "TERM", "TZ", "USER", "LOGNAME", "SHELL", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI"}
_KEPT_PREFIXES = ("LC_", "PULUMI_", "QUAYSIDE_", "PIP_", "UV_", "SSL_CERT_")
# Options of Pulumi's are the user's to set; what leads to an account, a state or a secret is not.
_DROPPED = {
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_ACCESS_TOKEN_FILE",
    "PULUMI_API",
    "PULUMI_BACKEND_URL",
    "PULUMI_CLOUD_ACCESS_TOKEN",
    "PULUMI_CONFIG",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_CREDENTIALS_PATH",
    "PULUMI_ESC_ENV",
    "PULUMI_HOME",
    "PULUMI_STACK",
}


def engine_environment(folder: Folder, surrounding: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of every process that the sandbox starts, made from the surrounding one (default: this process's)."""
    base = os.environ if surrounding is None else surrounding
    kept = {
        name: value
        for name, value in base.items()
        if (name in _KEPT or name.startswith(_KEPT_PREFIXES))
        and name not in _DROPPED
        and not _CREDENTIAL.search(name)
        and not _carries_password(value)
    }
    settings = folder.read_settings()
    stand_ins = (
        {"QUAYSIDE_SANDBOX_CHARTS": settings["chart_folder"], "QUAYSIDE_SANDBOX_MANIFESTS": str(data_folder("manifests"))}
        if settings.get("charts") == "stand-in"
        else {}
    )
    return {
        **kept,
        FOLDER_VARIABLE: str(folder.root),
        "PATH": os.pathsep.join([str(folder.binaries), *_search_path(base, folder)]),
        "HOME": str(folder.home),
        "TMPDIR": str(folder.home / "tmp"),
        "KUBECONFIG": str(folder.home / "no-kubeconfig"),
        "PULUMI_HOME": str(folder.home / ".pulumi"),
        "PULUMI_BACKEND_URL": f"file://{folder.state}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",  # else a real plugin on PATH is started in place of the simulated cloud
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_DISABLE_AGENT_CONFIRMATION": "true",
        **vendors(folder),
        **stand_ins,
    }


def vendors(folder: Folder) -> dict[str, str]:
    """Where the vendors' HTTP APIs are, and who one is there: the official providers' own variables."""
    port = folder.read_settings().get("api_port")
    base = f"http://127.0.0.1:{port}"
    return {
        "DIGITALOCEAN_TOKEN": PLACEHOLDER_TOKEN,
        "DIGITALOCEAN_ACCESS_TOKEN": PLACEHOLDER_TOKEN,
        "CLOUDFLARE_API_TOKEN": PLACEHOLDER_TOKEN,
        **({"DIGITALOCEAN_API_URL": base, "CLOUDFLARE_BASE_URL": f"{base}/client/v4"} if port else {}),
    }


def _search_path(base: Mapping[str, str], folder: Folder) -> list[str]:
    """The user's PATH without the sandbox's own folder, so that nothing is found twice."""
    return [entry for entry in base.get("PATH", os.defpath).split(os.pathsep) if entry and entry != str(folder.binaries)]


def _carries_password(value: str) -> bool:
    """Whether a value holds an address with a user and password, as package indexes' settings sometimes do."""
    return any("@" in part.split("/", 1)[0] for part in value.split("://")[1:])
