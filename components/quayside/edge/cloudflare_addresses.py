"""The addresses from which Cloudflare's proxy calls an origin."""

CLOUDFLARE_ADDRESSES = (
    "103.21.244.0/22",
    "103.22.200.0/22",
    "103.31.4.0/22",
    "104.16.0.0/13",
    "104.24.0.0/14",
    "108.162.192.0/18",
    "131.0.72.0/22",
    "141.101.64.0/18",
    "162.158.0.0/15",
    "172.64.0.0/13",
    "173.245.48.0/20",
    "188.114.96.0/20",
    "190.93.240.0/20",
    "197.234.240.0/22",
    "198.41.128.0/17",
)
"""Source: https://www.cloudflare.com/ips-v4, compared on 2026-11-21 with copies that others had taken of it, the newest on 2026-09-29.

IPv4 only: the load balancer's records are, and so Cloudflare calls it that way. The list last changed in April 2021, and Cloudflare adds
addresses to it before it uses them (developers.cloudflare.com/fundamentals/concepts/cloudflare-ip-addresses).
"""
