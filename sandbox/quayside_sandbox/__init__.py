"""The rehearsal cloud: any Pulumi stack, brought up on a laptop with no account, no cost and no credentials.

Real: the Pulumi engine, the program, etcd, the Kubernetes API server, its scheduler and controllers, Helm.
Simulated: the machines, what runs in their containers, and the clouds behind the provider plugins.
"""

__version__ = "0.1.0"
