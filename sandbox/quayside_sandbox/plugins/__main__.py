"""`python -m quayside_sandbox.plugins MODULE [ARGUMENT …]`: how the engine starts a plugin or the language host, as lean as can be."""

import importlib
import sys

from .lean import import_only_messages

if __name__ == "__main__":
    import_only_messages()
    del sys.argv[0]
    importlib.import_module(f"{sys.argv[0]}.__main__").main()
