"""The statement `option_marks`: prices of European options under Black-76, everything public."""
