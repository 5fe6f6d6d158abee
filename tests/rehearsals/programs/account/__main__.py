"""Four resources of an account that know nothing of each other; each failure is told with its remedy."""

import pulumi
import pulumi_digitalocean as do

from quayside.hooks import helped

opts = helped(pulumi.ResourceOptions())
do.Vpc("net", name="net", region="sgp1", opts=opts)
do.Project("shop", name="shop", opts=opts)
do.Domain("zone", name="example.com", opts=opts)
do.ContainerRegistry("images", name="images", subscription_tier_slug="basic", opts=opts)
