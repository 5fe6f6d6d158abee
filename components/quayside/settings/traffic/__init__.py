"""What a service states about its traffic: one policy a file, each with what data planes refuse of it and why."""
