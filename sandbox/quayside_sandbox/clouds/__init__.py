"""The simulated clouds: their memory (store.py), a core that all share, and one package for each vendor."""
