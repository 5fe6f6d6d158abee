"""Changing resources on their way to the engine, also those that a provider makes inside of a component of its own."""

from collections.abc import Callable

import pulumi
from pulumi.runtime.proto import resource_pb2_grpc

Transform = Callable[[pulumi.ResourceTransformArgs], pulumi.ResourceTransformResult | None]


def transformed(opts: pulumi.ResourceOptions, transform: Transform) -> pulumi.ResourceOptions:
    """The options of a component whose children are changed.

    Unchanged under mocks, where there is no engine to ask: registering a transform would raise.
    """
    if not isinstance(pulumi.runtime.settings.get_monitor(), resource_pb2_grpc.ResourceMonitorStub):
        return opts
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transforms=[transform]))
