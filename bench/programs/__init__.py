"""The programs that are measured. They are copied into a stack's folder and run there by the engine, as a user's are."""
