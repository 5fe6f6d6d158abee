"""What must run in a cluster before anything can be routed to it: one file each."""
