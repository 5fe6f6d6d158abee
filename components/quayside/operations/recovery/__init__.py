"""After a run that was killed: what it had begun, what came of it, and the state set right."""
