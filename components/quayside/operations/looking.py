"""Reads what a cluster holds, through the user's kubectl."""

import json
import subprocess
from typing import Any

from quayside.checks.held import Held
from quayside.checks.index import KINDS
from quayside.operations import programs
from quayside.operations.verb import Refused

LIMIT = 30
"""Seconds for one request to the API server."""

SECRETS = '{range .items[*]}{.metadata.namespace}{"\\t"}{.metadata.name}{"\\t"}{.type}{"\\t"}{.metadata.labels}{"\\n"}{end}'
"""Of Secrets nothing secret is asked for."""


def read(kubeconfig: str) -> Held:
    """The objects that checks look at. Kinds that the cluster does not know are passed over. Raises Refused."""
    with programs.kept(kubeconfig) as file:
        known = set(_kubectl(file, "api-resources", "--output=name", "--verbs=list", partly=True).split())
        asked = ",".join(kind for kind in KINDS if kind in known or f"{kind}." in known)
        objects = json.loads(_kubectl(file, "get", asked, "--all-namespaces", "--output=json"))["items"]
        secrets = _kubectl(file, "get", "secrets", "--all-namespaces", f"--output=jsonpath={SECRETS}")
    return Held([*objects, *(_secret(line) for line in secrets.splitlines() if line)])


def _secret(line: str) -> dict[str, Any]:
    namespace, name, kind, labels = line.split("\t")
    metadata = {"namespace": namespace, "name": name, "labels": json.loads(labels) if labels else {}}
    return {"kind": "Secret", "metadata": metadata, "type": kind}


def _kubectl(kubeconfig: str, *words: str, partly: bool = False) -> str:
    """What kubectl answers. partly: an API of the cluster's that is away does not matter, as long as there is an answer."""
    command = ["kubectl", "--kubeconfig", kubeconfig, f"--request-timeout={LIMIT}s", *words]
    try:
        answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=4 * LIMIT)
    except FileNotFoundError:
        raise programs.missing("kubectl") from None
    except subprocess.TimeoutExpired:
        raise Refused(f"the cluster did not answer within {4 * LIMIT} seconds; see whether it runs, and whether you reach it") from None
    if answer.returncode and not (partly and answer.stdout):
        said = (answer.stderr.strip().splitlines() or [f"kubectl ended with {answer.returncode}"])[-1]
        raise Refused(f"the cluster cannot be looked at: {said}; see whether it runs, and whether you reach it and may read it")
    return answer.stdout
