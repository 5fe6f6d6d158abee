"""The stand-in of DigitalOcean's command line for kubeconfigs that ask it for a token:

doctl kubernetes cluster kubeconfig exec-credential --version=v1beta1 <cluster id>
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import uuid

from .clouds.digitalocean import times
from .clouds.store import Store
from .folder import Folder

LIFETIME = 15 * 60  # seconds; the real one hands out a week, a rehearsal should see renewals
# doctl's aliases for each word of the command.
_WORDS = (
    {"kubernetes", "kube", "k8s", "k"},
    {"cluster", "clusters", "c"},
    {"kubeconfig", "kubecfg", "k8scfg", "config", "cfg"},
    {"exec-credential"},
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="doctl", add_help=False, allow_abbrev=False)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--version", default="")
    parser.add_argument("--access-token", "-t", default="")
    parser.add_argument("--context", default="")
    given, unknown = parser.parse_known_intermixed_args(arguments)
    command, rest = given.words[: len(_WORDS)], given.words[len(_WORDS) :]
    if unknown or len(command) < len(_WORDS) or any(word not in words for word, words in zip(command, _WORDS, strict=True)):
        said = " ".join([*given.words, *unknown])
        return _fail(f"'doctl {said}' is not simulated in the sandbox: it answers only 'kubernetes cluster kubeconfig exec-credential'")
    if len(rest) != 1:
        return _fail("(exec-credential) command is missing required arguments: write the cluster's id")
    if given.version != "v1beta1":
        return _fail(f'invalid version "{given.version}", expected "v1beta1"')
    if not (given.access_token or os.environ.get("DIGITALOCEAN_ACCESS_TOKEN")):
        return _fail("Unable to initialize DigitalOcean API client: access token is required. (hint: run 'doctl auth init')")
    return _credential(rest[0])


def _credential(cluster: str) -> int:
    record = Store(Folder.from_environment().clouds).find("digitalocean", "kubernetesClusters", cluster)
    if record is None or not record.get("_token"):
        path = f"https://api.digitalocean.com/v2/kubernetes/clusters/{cluster}/credentials"
        return _fail(f'GET {path}: 404 (request "{uuid.uuid4()}") cluster not found')
    credential = {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "spec": {"interactive": False},
        "status": {"expirationTimestamp": times.later(LIFETIME), "token": record["_token"]},
    }
    sys.stdout.write(json.dumps(credential) + "\n")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"Error: {message}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
