"""The simulated DigitalOcean."""
