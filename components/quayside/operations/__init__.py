"""What is done to a running stack by hand: `quayside check`, `quayside preview`, `quayside recover`."""
