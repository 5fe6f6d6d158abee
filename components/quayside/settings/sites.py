"""Where the front ends' providers want a name to lead."""

from quayside.settings.hosts import is_address

# vercel.com/docs/domains/working-with-dns, of 2025-10-02: for every project; one's own values, shown in its domain panel, go into `target`
_VERCEL_ADDRESS, _VERCEL_NAME = "76.76.21.21", "cname.vercel-dns-0.com"
# answers.netlify.com/t/34888, by Netlify's support: the name where the apex may have one, else the address
_NETLIFY_ADDRESS, _NETLIFY_NAME = "75.2.60.5", "apex-loadbalancer.netlify.com"


def site(to: str, target: str | None, *, apex: bool, flattened: bool) -> tuple[str, str] | None:
    """Type and content of the record for a name that leads to a front end.

    to: vercel, netlify or pages.
    target: what its provider said, which goes before what is known here.
    apex: whether the name is the zone itself, where DNS allows no CNAME (RFC 1034 3.6.2).
    flattened: whether the zone's servers answer for such a CNAME with the addresses that it leads to, as Cloudflare's do.
    None where it cannot be said without a target, or with this one.
    """
    bare = apex and not flattened
    if target:
        if is_address(target, 4):
            return "A", target
        return None if bare else ("CNAME", target)
    if to == "vercel":
        return ("A", _VERCEL_ADDRESS) if apex else ("CNAME", _VERCEL_NAME)
    if to == "netlify" and apex:
        return ("A", _NETLIFY_ADDRESS) if bare else ("CNAME", _NETLIFY_NAME)
    return None
