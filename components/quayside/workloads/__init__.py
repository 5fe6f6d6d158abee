"""What a platform is for: services."""
