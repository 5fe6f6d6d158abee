"""Kubernetes clusters: one contract (`contract.py`), one file for each kind, one index (`index.py`)."""
