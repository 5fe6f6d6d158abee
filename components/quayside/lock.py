"""The lock of a stack: stands after everything else, so that a stack which is not disposable is destroyed wholly or not at all.

`pulumi destroy` without a preview deletes what nothing depends on first: load balancers, records, services. By the time it comes to the
protected cluster and is refused, they are gone (a resource is refused at its own turn: DeleteStep.Apply in pulumi's
pkg/resource/deploy/step.go). The lock depends on all of them, so its turn is the first, alone, and what an error depends on is left out.
Protection of the resources themselves would not do: those of one round go in parallel, and daily edits remove them.

It is an entry in the state and nothing at any cloud (a Stash, which the engine itself knows). Edits do not touch it.
"""

from collections.abc import Sequence

import pulumi

NAME = "locked-until-disposable"
"""Its name, which the engine's refusal shows: `disposable: true` and a `pulumi up` open the lock."""


def lock(after: Sequence[pulumi.Resource], *, protected: bool) -> pulumi.Stash:
    """Make the lock of the stack that is being run.

    after: everything that must not be deleted before; of a component, all that is in it by now.
    protected: false for a disposable stack. It has the lock all the same, or a locked one could never become disposable.
    """
    # Plain text: a value of another resource would have the lock replaced together with that one, which its protection refuses.
    return pulumi.Stash(NAME, input="true", opts=pulumi.ResourceOptions(protect=protected, depends_on=list(after)))
