"""Speaking to a Kubernetes API server."""

from .client import Api, ApiError, NoSuchKind, ResourceKind
from .kubeconfig import Connection, InvalidKubeconfig

__all__ = ["Api", "ApiError", "Connection", "InvalidKubeconfig", "NoSuchKind", "ResourceKind"]
