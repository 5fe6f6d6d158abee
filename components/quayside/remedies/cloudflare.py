"""Failures at Cloudflare; the words are the official plugin's, which shows the API's whole answer with its codes
(developers.cloudflare.com/fundamentals/api/troubleshooting)."""

from quayside.remedies.rule import Rule

TOKEN = "pulumi config set --secret --path quayside:secrets.cloudflareToken -s {stack}"

CLOUDFLARE = (
    Rule(
        r'": 401 |"code": ?(1000|6003|6111|9106)\b|Invalid access token',
        "Cloudflare does not know the token: it was revoked, has run out, or is not whole. Make one at "
        f"https://dash.cloudflare.com/profile/api-tokens, set it ({TOKEN}) and run again.",
    ),
    Rule(
        r'": 403 |"code": ?(10000|9109)\b',
        "The token is known but may not do this in the zone: it needs Zone Read and DNS Edit, with names.zoneSettings also Zone Settings "
        f"Edit, and with names.createZone Zone Edit for the account. Edit it at https://dash.cloudflare.com/profile/api-tokens ({TOKEN} "
        "where it is a new one) and run again.",
    ),
    Rule(
        r'"code": ?81044\b',
        "Somebody deleted this record at Cloudflare. `pulumi up --refresh --run-program -s {stack}` sees that, and makes it again.",
    ),
    Rule(
        r'": 404 |"code": ?7003\b',
        "Cloudflare has no such zone in the accounts that the token reaches: see domain and names.zone in the stack's file, and which zones "
        "the token is for; a zone that was deleted and made again has another id (`pulumi refresh`).",
    ),
    Rule(
        r'"code": ?(81053|81054|81056|81057|81058)\b|record (with that host )?already exists',
        "The zone has a record of this name already. Where a run of this stack was killed, or Cloudflare's answer was lost, `quayside recover "
        "{stack}` takes it up or says how to delete it; then run again. Where it is somebody else's, take it over with `pulumi import "
        "cloudflare:index/dnsRecord:DnsRecord`, or write another name.",
    ),
    Rule(
        r'"code": ?81045\b|quota exceeded|exceeding the quota',
        "The zone may have no more records of this kind (200 on the Free plan, 3,500 on Pro): delete some, have a wildcard serve "
        "several hosts (names.wildcard), or change the plan, then run again.",
    ),
    Rule(
        r'"code": ?1061\b',
        "The zone exists already, in this account or another: leave names.createZone out, and the zone is looked up.",
    ),
    Rule(
        r'"code": ?1049\b',
        "The domain is not registered: register it first, then run again.",
    ),
    Rule(
        r'": 429 |"code": ?(971|10100)\b',
        "The user of the token has used up its requests (1,200 in five minutes, all its tokens together), and the plugin's own waiting was "
        "not enough. Nothing is lost: run again in five minutes.",
    ),
    Rule(
        r'": 5\d\d ',
        "Cloudflare failed, and went on failing while the plugin tried again. Nothing is lost: see https://www.cloudflarestatus.com and run "
        "again. Should it then say that the record exists already, the cloud had made it all the same.",
    ),
)
