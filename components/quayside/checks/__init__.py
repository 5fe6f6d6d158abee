"""What a cluster must hold for a stack to be well: pure checks over its objects and the stack's outputs, one matter a file."""
