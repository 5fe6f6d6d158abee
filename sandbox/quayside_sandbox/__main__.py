"""`python -m quayside_sandbox`."""

from .cli import main

main()
