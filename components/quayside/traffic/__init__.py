"""What a service states about its traffic, said to the data planes that carry it."""
