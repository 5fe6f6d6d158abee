"""A cluster of the library's."""

import pulumi

from quayside import DoksCluster

token = pulumi.Config().require_secret("token")
DoksCluster("cluster", {"token": token, "region": "sgp1", "version": "1.36", "disposable": True, "system_pool": {"size": "s-2vcpu-4gb"}})
