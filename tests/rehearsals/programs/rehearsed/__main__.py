"""One network: protected, or one that never comes to rest."""

import time

import pulumi

config = pulumi.Config()
described = f"at {time.time()}" if config.get_bool("restless") else "quiet"
network = pulumi.CustomResource(
    "digitalocean:index/vpc:Vpc",
    "net",
    {"name": "net", "region": "sgp1", "description": described},
    pulumi.ResourceOptions(protect=config.get_bool("protect")),
)
pulumi.export("network", network.id)
pulumi.export("password", pulumi.Output.secret(config.require("password")))
pulumi.log.warn("networks are slow")
