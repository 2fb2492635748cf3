"""Fixed-point elementary functions: segment tables now, the gadgets that read them beside."""
