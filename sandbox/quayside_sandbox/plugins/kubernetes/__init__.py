"""The stand-in for Pulumi's official kubernetes plugin: it speaks to a real API server and behaves as the official one does."""
