"""The resources that resources.json lists (bench/recording.py), flat, with nothing but Pulumi's own SDK.

`naive` writes what most people write first: Services that are awaited, charts as helm.v4.Chart.
`grouped` puts an empty component around the objects of each namespace.
"""

import json
import re
from operator import attrgetter
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

import usage  # noqa: F401  # tells at the end what the process used

wanted = json.loads(Path("resources.json").read_text())
cluster = kubernetes.Provider(
    "cluster", kubeconfig=pulumi.Output.secret(Path("kubeconfig").read_text()), upsert_existing_objects=True, enable_secret_mutable=True
)
made: list[Any] = []
groups: dict[str, pulumi.ComponentResource] = {}


def main() -> None:
    """Register one after the other; they stand in the order in which they depend on each other."""
    for each in wanted["resources"]:
        after = [made[index] for index in each["after"]]
        parent = _group(each["inputs"]["metadata"]) if wanted["grouped"] else None
        opts = pulumi.ResourceOptions(parent=parent, provider=cluster, depends_on=after or None, **each["options"])
        inputs = {_snake(key): _value(value) for key, value in each["inputs"].items()}
        made.append(_register(each["type"], each["name"], inputs, opts))


def _group(metadata: dict[str, Any]) -> pulumi.ComponentResource:
    """The component that the objects of a namespace are in, and the namespace itself."""
    name = metadata.get("namespace") or metadata["name"]
    if name not in groups:
        groups[name] = pulumi.ComponentResource("bench:index:Group", name)
        groups[name].register_outputs({"url": f"http://{name}"})
    return groups[name]


def _register(token: str, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> Any:
    """By the SDK's class for it: kubernetes:networking.k8s.io/v1:Ingress is networking.v1.Ingress."""
    if token == "kubernetes:helm.sh/v3:Release" and wanted["naive"]:
        return _chart(name, inputs, opts)
    group, _, version = token.split(":")[1].partition("/")
    if not hasattr(kubernetes, group.partition(".")[0]):
        return kubernetes.apiextensions.CustomResource(name, **inputs, opts=opts)
    inputs = {key: value for key, value in inputs.items() if key not in ("api_version", "kind")}
    return attrgetter(f"{group.partition('.')[0]}.{version}.{token.split(':')[2]}")(kubernetes)(name, **inputs, opts=opts)


def _chart(name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> Any:
    taken = {key: inputs[key] for key in ("chart", "version", "namespace", "repository_opts", "values") if key in inputs}
    return kubernetes.helm.v4.Chart(name, **taken, opts=opts)


def _value(value: Any) -> Any:
    """What was recorded, with secrets sealed again and uids as the Outputs that they are."""
    if isinstance(value, list):
        return [_value(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$uid" in value:
        return made[value["$uid"]].metadata.apply(lambda metadata: metadata.get("uid"))
    if "$secret" in value:
        return pulumi.Output.secret(value["$secret"])
    return {key: _value(each) for key, each in value.items()}


def _snake(key: str) -> str:
    return re.sub("(?=[A-Z])", "_", key).lower()


main()
