"""The statements: each says, once, what a proof of it means."""
