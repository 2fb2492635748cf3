"""Generic gadgets: what several functions or statements share."""
