"""The statement `option_marks`: prices of European options under Black-76, everything public."""

from circuits.statements.option_marks.inputs import (
    PRODUCT_SHAPES,
    GroupInputs,
    Header,
    Market,
    MarketError,
    OptionInputs,
    Shape,
    smallest_shape,
)
from circuits.statements.option_marks.statement import Greeks, Mark, OptionMarks, evaluate
from circuits.statements.option_marks.words import (
    decode_words,
    encode_words,
    market_word_count,
    market_words,
    word_count,
)

__all__ = [
    "PRODUCT_SHAPES",
    "Greeks",
    "GroupInputs",
    "Header",
    "Mark",
    "Market",
    "MarketError",
    "OptionInputs",
    "OptionMarks",
    "Shape",
    "decode_words",
    "encode_words",
    "evaluate",
    "market_word_count",
    "market_words",
    "smallest_shape",
    "word_count",
]
