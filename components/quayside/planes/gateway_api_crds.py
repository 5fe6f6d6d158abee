"""The Gateway API's custom resource definitions."""

from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.yaml import v2

from quayside.arguments import checked
from quayside.hooks import helped
from quayside.manifests import location
from quayside.settings.charts import ChartSettings
from quayside.settings.entry_rules import NO_MANIFESTS_IN_REGISTRIES
from quayside.settings.problems import InvalidSettings
from quayside.transforms import transformed
from quayside.versions import MANIFESTS

NAME = "gateway-api"

KEPT = {"pulumi.com/patchForce": "true"}
"""Annotation: the version that is asked for wins over definitions that are there already, such as those that DOKS brings."""

ESTABLISHED = {"pulumi.com/waitFor": "condition=Established"}
"""Annotation: a definition is there when objects of its kind can be made, and not before."""


class GatewayApiArgs(TypedDict):
    """The Gateway API's custom resource definitions."""

    mirror: NotRequired[str]
    """A directory or HTTP address that holds every chart, for clusters without access to the internet: the definitions are in
    gateway-api/standard-install.yaml there. Default: the project's own place."""


class GatewayApi(pulumi.ComponentResource):
    """The Gateway API's custom resource definitions, of the standard channel.

    From the project's own file: there is no official chart, and one of somebody else's could not take over definitions that a cloud brought.
    They are taken over, and they stay when this is removed: with a definition go all objects of its kind, also those of other stacks.
    """

    version: pulumi.Output[str]
    """Their version. What takes it from here is made after them."""

    def __init__(self, name: str, args: GatewayApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """name: in Pulumi. Raises InvalidSettings."""
        super().__init__("quayside:index:GatewayApi", name, None, opts)
        mirror = checked(ChartSettings, {"mirror": args.get("mirror")}, f"gateway API {name}").mirror
        if mirror is not None and mirror.startswith("oci://"):
            raise InvalidSettings(f"the arguments of gateway API {name}", [f"mirror {NO_MANIFESTS_IN_REGISTRIES}"])
        published = MANIFESTS[NAME]
        self.definitions = v2.ConfigFile(
            NAME, file=location(published, mirror), opts=transformed(pulumi.ResourceOptions(parent=self), kept)
        )
        self.version = self.definitions.resources.apply(lambda _: published.version)
        self.register_outputs({"version": self.version})


def kept(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Takes over what is there already, waits for definitions, and leaves all of it in the cluster for good."""
    props: dict[str, Any] = dict(args.props)
    if "metadata" not in props:
        return None  # the component itself
    about = dict(props["metadata"])
    said = {**KEPT, **(ESTABLISHED if props.get("kind") == "CustomResourceDefinition" else {})}
    props["metadata"] = {**about, "annotations": {**(about.get("annotations") or {}), **said}}
    opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(retain_on_delete=True))
    return pulumi.ResourceTransformResult(props=props, opts=helped(opts))
