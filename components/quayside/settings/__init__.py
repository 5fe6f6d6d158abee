"""A stack's settings: typed, merged from defaults, checked as a whole, with a JSON schema for editors."""

from typing import TYPE_CHECKING

from quayside.lazy import attribute_loader

if TYPE_CHECKING:
    from quayside.settings.problems import InvalidSettings, Problem
    from quayside.settings.stack import Settings

__all__ = ["InvalidSettings", "Problem", "Settings"]

__getattr__ = attribute_loader(__name__, {"InvalidSettings": ".problems", "Problem": ".problems", "Settings": ".stack"})
