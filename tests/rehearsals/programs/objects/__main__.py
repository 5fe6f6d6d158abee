"""Makes what objects.json says: providers, and resources by type token.

A value {"$secret": x} is a secret x; {"$after": "name", "value": x} is x, known only when the resource of that name is there.
"""

import json
from pathlib import Path
from typing import Any

import pulumi

wanted = json.loads(Path("objects.json").read_text())
made: dict[str, pulumi.CustomResource] = {}


class Object(pulumi.CustomResource):
    """Any resource, without an SDK's types between."""


def value(given: Any) -> Any:
    if isinstance(given, list):
        return [value(item) for item in given]
    if not isinstance(given, dict):
        return given
    if "$secret" in given:
        return pulumi.Output.secret(value(given["$secret"]))
    if "$after" in given:
        inner = given["value"]
        return made[given["$after"]].id.apply(lambda _: inner)
    return {key: value(item) for key, item in given.items()}


providers: dict[str, Any] = {}
for step in wanted:
    options = step.get("options", {})
    if step["type"] == "provider":
        providers[step["name"]] = pulumi.ProviderResource("kubernetes", step["name"], value(step["arguments"]))
        continue
    made[step["name"]] = Object(
        step["type"],
        step["name"],
        value(step["arguments"]),
        pulumi.ResourceOptions(
            provider=providers[step.get("provider", "cluster")],
            depends_on=[made[name] for name in options.get("dependsOn", [])],
            ignore_changes=options.get("ignoreChanges"),
            import_=options.get("import"),
            delete_before_replace=options.get("deleteBeforeReplace"),
            retain_on_delete=options.get("retainOnDelete"),
            custom_timeouts=pulumi.CustomTimeouts(create=options["timeout"], update=options["timeout"]) if "timeout" in options else None,
        ),
    )
