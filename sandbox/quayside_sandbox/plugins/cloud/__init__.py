"""The plugins of all simulated clouds: `python -m quayside_sandbox.plugins.cloud digitalocean`."""
