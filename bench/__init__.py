"""Measures quayside: how much the library adds to what Pulumi itself needs. `make bench`, or `python -m bench --help`."""
