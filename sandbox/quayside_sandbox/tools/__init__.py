"""The programs a sandbox stands on: found where they are installed, built from pinned Go modules where not."""

from .catalog import TOOLS, Tool
from .prepare import ToolFailed, prepare

__all__ = ["TOOLS", "Tool", "ToolFailed", "prepare"]
