"""Failures at DigitalOcean; the words are godo's (`POST https://…: 422 (request "…") message`) with the API's own messages."""

from quayside.remedies.rule import Rule

TOKEN = "pulumi config set --secret --path quayside:secrets.digitaloceanToken -s {stack}"

DIGITALOCEAN = (
    Rule(
        r": 401 ",
        "DigitalOcean does not know the token: it was revoked, has run out, or is not whole. Make one at "
        f"https://cloud.digitalocean.com/account/api/tokens, set it ({TOKEN}) and run again.",
    ),
    Rule(
        r"can not delete default VPC",
        "DigitalOcean has made this network the default of its region, as it does with a region's first one, and deletes no default. It costs "
        "nothing, and may stay. To be rid of it, make another one the default (`doctl vpcs create`, then `doctl vpcs update ID --default`) and "
        "run again.",
    ),
    Rule(
        r": 403 ",
        "The token is known but may not do this: give it full access, or the scopes that this stack needs (kubernetes, vpc, tag, project: all; "
        f"load_balancer, actions, regions, sizes: read), at https://cloud.digitalocean.com/account/api/tokens; set it ({TOKEN}) and "
        "run again. A locked account and an open invoice are told in the same way: see the account's page.",
    ),
    Rule(
        r": 429 ",
        "The account has used up its requests (5,000 an hour, 250 a minute), and the plugin's own waiting was not enough. Nothing is lost: "
        "run again in some minutes, and see what else uses the account's tokens.",
    ),
    Rule(
        r"droplet limit|max nodes exceed limits|droplet_limit",
        "The account may have no more Droplets: each node counts, and of an autoscaled pool its `max`. Ask for more "
        "(https://cloud.digitalocean.com/account/team, Droplet limit: often within hours), or lower `count` or `max` at cluster.pools, then "
        "run again.",
    ),
    Rule(
        r"limit (reached|exceeded)|exceeds? (the|your) .*limit|quota",
        "A limit of the account is used up. Ask for more at https://cloud.digitalocean.com/support, or delete what is not needed, then run "
        "again: what is made already stays as it is.",
    ),
    Rule(
        r"invalid droplet size|size is not available|not available in (the|this) (selected )?region",
        "The region does not have this size of node. `doctl kubernetes options sizes` lists those there are; write one at `size` of the "
        "pool (cluster.systemPool or cluster.pools), or another cluster.region for a new cluster, then run again.",
    ),
    Rule(
        r"invalid version slug",
        "DigitalOcean does not offer this version (any more): write a minor version at cluster.version that `doctl kubernetes options "
        "versions` lists; a cluster goes up by one minor version at a time.",
    ),
    Rule(
        r"overlaps with another",
        "Another network of the account has these addresses already: write a free range at cluster.network, e.g. 10.20.0.0/20 "
        "(`doctl vpcs list` shows which are taken).",
    ),
    Rule(
        r"already exists|name is already",
        "The account has one of this name already. Where a run of this stack was killed, or the cloud's answer was lost, `quayside recover "
        "{stack}` takes it up or says how to delete it; then run again. Where it is somebody else's, write another name (cluster.name, or the "
        "pool's).",
    ),
    Rule(
        r"VPC with members",
        "Something is in the network still, most often a load balancer or a volume that Kubernetes made and nobody deleted. The network's "
        "page (https://cloud.digitalocean.com/networking/vpc) lists it; look at it, delete it there, and run again.",
    ),
    Rule(
        r": 5\d\d ",
        "DigitalOcean failed, and went on failing while the plugin tried again. Nothing is lost: see https://status.digitalocean.com and run "
        "again. Should it then say that the name exists already, the cloud had made it all the same.",
    ),
)
