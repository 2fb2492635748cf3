"""Whether public words tell the truth: read back as inputs, they must give themselves again."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.edsl import IntegerArray, WitnessArithmetic, integer_array
from circuits.field import BN254_FR
from circuits.statements.option_marks import OptionMarks
from circuits.statements.option_marks import statement as statement_module
from circuits.statements.option_marks.inputs import RANGES

SNAPSHOT_FIELDS = (96, 8, 40, 16, 16)
GROUP_FIELDS = (36, 46, 28, 40)
OPTION_FIELDS = (36, 28, 1)
_CHECKED = ("forward_ticks", "strike_ticks", "volatility", "seconds_to_expiry", "snapshot_unix")


def fields(word: int, widths: Sequence[int]) -> list[int] | None:
    """The fields of a word, most significant first; None when it is wider than they are."""
    found = []
    for width in reversed(widths):
        found.append(word & ((1 << width) - 1))
        word >>= width
    return None if word else found[::-1]


def read_inputs(statement: OptionMarks, words: Sequence[int]) -> dict[str, IntegerArray] | None:
    """The inputs that words claim, lane by lane; None when they are no words of the statement."""
    shape = statement.shape
    snapshot = fields(words[3], SNAPSHOT_FIELDS)
    groups = [fields(word, GROUP_FIELDS) for word in words[4 : 4 + shape.groups]]
    first = 4 + shape.groups
    packed = [fields(w, OPTION_FIELDS * 3) for w in words[first : first - (-shape.capacity // 3)]]
    if snapshot is None or snapshot[4] != shape.groups or words[2] != snapshot[0]:
        return None
    columns = [group for group in groups if group is not None]
    lanes = [word[at : at + 3] for word in packed if word is not None for at in (0, 3, 6)]
    if (
        len(columns) < shape.groups
        or len(lanes) < shape.capacity
        or any(any(lane) for lane in lanes[shape.capacity :])
    ):
        return None
    inputs = {
        "forward_ticks": [group[0] for group in columns],
        "discount": [group[1] for group in columns],
        "rate_biased": [group[2] for group in columns],
        "seconds_to_expiry": [group[3] - snapshot[2] for group in columns],
        "strike_ticks": [lane[0] for lane in lanes[: shape.capacity]],
        "volatility": [lane[1] for lane in lanes[: shape.capacity]],
        "is_put": [lane[2] for lane in lanes[: shape.capacity]],
        "word_1": [words[0]],
        "word_2": [words[1]],
        "underlying_id": [snapshot[0]],
        "tick_exponent": [snapshot[1]],
        "snapshot_unix": [snapshot[2]],
        "options": [snapshot[3]],
    }
    for name in _CHECKED:
        if not all(value in RANGES[name] for value in inputs[name]):
            return None
    return {name: integer_array(values) for name, values in inputs.items()}


def honest_words(statement: OptionMarks, words: Sequence[int]) -> tuple[int, ...] | None:
    """What the words should be, given the inputs they name; None when they name none."""
    inputs = read_inputs(statement, words)
    if inputs is None:
        return None
    arithmetic = WitnessArithmetic(statement.profile.limb_bits, inputs=inputs)
    statement_module._define(arithmetic, statement)
    chunks = [chunk.word.payload for chunk in arithmetic.words]
    return tuple(int(word) % BN254_FR.modulus for chunk in chunks for word in chunk)


def are_true(statement: OptionMarks, words: Sequence[int]) -> bool:
    """True when the words are those of the market they name."""
    return honest_words(statement, words) == tuple(words)
