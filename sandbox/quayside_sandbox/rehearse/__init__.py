"""`quayside-sandbox rehearse STACK`: the whole life of a stack in a fresh sandbox, phase by phase, and a report that a pipeline can judge by."""
