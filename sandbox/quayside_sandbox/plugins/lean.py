"""Makes a plugin start sooner: Pulumi's protocol messages without the SDK around them.

`import pulumi.runtime.proto` runs `pulumi/__init__.py` first, and with it all that programs need: 0.2 s of CPU for each of the four
plugins that every command of the engine starts (0.70 → 0.50 s, measured). This puts empty packages of the same names and places in
front; the messages below them are imported as ever.
"""

import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path


def import_only_messages() -> None:
    """From here on this process cannot run Pulumi programs, only speak Pulumi's protocol."""
    found = importlib.util.find_spec("pulumi")
    if "pulumi" in sys.modules or found is None or not found.submodule_search_locations:
        return
    place = Path(next(iter(found.submodule_search_locations)))
    for name, folder in (("pulumi", place), ("pulumi.runtime", place / "runtime")):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        sys.modules[name] = package
