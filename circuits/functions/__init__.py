"""Fixed-point elementary functions: segment tables, and the gadgets that read them."""
