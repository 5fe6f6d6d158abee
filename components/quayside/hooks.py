"""What happens when a resource's creation, update or deletion fails: the remedy is told on the resource that failed.

The engine shows it in the block of the resource, beside the plugin's own reason. Bound to every resource that may fail for a reason that
a team can mend; it changes nothing of what the engine does. A failure in a destroy without the program (`pulumi destroy` without
`--run-program`) reaches no program, so it has the plugin's reason alone.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.proto import engine_pb2, resource_pb2_grpc

from quayside.remedies import remedy

_hooks: WeakKeyDictionary[Any, dict[str, pulumi.ErrorHook]] = WeakKeyDictionary()
"""Connection to the engine → the hooks that were registered through it. A host of components has one for each component that it makes."""


def helped(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """The options of a resource whose failure is told with its remedy; those that have a hook for failures keep it."""
    return opts if opts.hooks and opts.hooks.on_error else bound(opts, "quayside-remedies", _answer)


def bound(
    opts: pulumi.ResourceOptions, name: str, answer: Callable[[pulumi.ErrorHookArgs], bool | Awaitable[bool]]
) -> pulumi.ResourceOptions:
    """The options with a hook that the engine asks after a failure whether to try again.

    Unchanged under mocks, where there is no engine to ask: registering a hook would raise.
    """
    monitor = pulumi.runtime.settings.get_monitor()
    if not isinstance(monitor, resource_pb2_grpc.ResourceMonitorStub):
        return opts
    registered = _hooks.setdefault(monitor, {})
    if name not in registered:
        registered[name] = pulumi.ErrorHook(_unique(name), answer)
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(on_error=[registered[name]])))


def tell(failure: pulumi.ErrorHookArgs) -> None:
    """Say what to do, where something is known. Never raises: the engine would show that instead of the failure."""
    with contextlib.suppress(Exception):
        inputs = failure.new_inputs or failure.old_inputs or {}
        text = remedy(failure.type, failure.errors, inputs, stack=pulumi.get_stack())
        engine = pulumi.runtime.settings.get_engine()
        if text and engine:
            # as pulumi.log does for a resource, of which there is only the URN here
            engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=f"What to do: {text}", urn=failure.urn))


def _answer(failure: pulumi.ErrorHookArgs) -> bool:
    tell(failure)
    return False


def _unique(name: str) -> str:
    """A name that no other hook of the deployment has: the engine refuses a second one.

    The program is one and has the plain name, which stands in the state and should not change from run to run; of hosts of components, which
    have no stack of their own, there can be many beside it.
    """
    return name if pulumi.runtime.get_root_resource() else f"{name}-{uuid4()}"
