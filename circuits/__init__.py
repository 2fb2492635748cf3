"""The room of pure mathematics: eDSL, gadgets, fixed-point functions, statements."""
