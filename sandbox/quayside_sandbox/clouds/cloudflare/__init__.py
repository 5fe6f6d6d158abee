"""The simulated Cloudflare."""
