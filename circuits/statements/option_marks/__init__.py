"""The statement `option_marks`: prices of European options under Black-76, everything public."""

from circuits.statements.header import Header
from circuits.statements.option_marks.inputs import (
    PRODUCT_SHAPES,
    GroupInputs,
    Market,
    OptionInputs,
    Shape,
    smallest_shape,
)
from circuits.statements.option_marks.marks import Greeks, Mark
from circuits.statements.option_marks.statement import OptionMarks, evaluate
from circuits.statements.option_marks.words import (
    DecodedWords,
    decode_words,
    encode_words,
    market_word_count,
    market_words,
    word_count,
)
from circuits.statements.packing import WordError
from circuits.statements.ranges import InputError

__all__ = [
    "PRODUCT_SHAPES",
    "DecodedWords",
    "Greeks",
    "GroupInputs",
    "Header",
    "InputError",
    "Mark",
    "Market",
    "OptionInputs",
    "OptionMarks",
    "Shape",
    "WordError",
    "decode_words",
    "encode_words",
    "evaluate",
    "market_word_count",
    "market_words",
    "smallest_shape",
    "word_count",
]
