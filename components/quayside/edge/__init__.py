"""Where requests come in: load balancer, entries, and the names and certificates that lead to them."""
