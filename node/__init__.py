"""Everything with time, network or state."""
