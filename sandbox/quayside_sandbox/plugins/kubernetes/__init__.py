"""The stand-in for Pulumi's official kubernetes plugin: it speaks to a real API server and behaves as the official one does."""

VERSION = "4.34.2"  # the official plugin's, whose behaviour this one has
