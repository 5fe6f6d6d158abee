"""What soaks share with rehearsals."""

from rehearsals.conftest import project

__all__ = ["project"]
