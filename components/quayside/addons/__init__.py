"""Add-ons: what else runs in a cluster, one file each."""
