"""Names that a package offers without importing their modules until they are asked for (PEP 562).

Provider SDKs are expensive (pulumi_cloudflare alone takes over a second and 160 MB), so `import quayside` must not pull any of them in.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def attribute_loader(package: str, exports: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the `__getattr__` of a package.

    package: the package's `__name__`.
    exports: offered name → module that defines it, relative to the package (".service").
    The returned function raises AttributeError for every other name, as a module does.
    """

    def load(name: str) -> Any:
        if name not in exports:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(exports[name], package), name)

    return load
