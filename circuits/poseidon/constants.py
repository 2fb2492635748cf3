"""Poseidon's constants as data: read from the file that `generate_constants.py` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CONSTANTS_PATH = Path(__file__).with_name("constants.json")


@dataclass(frozen=True)
class PoseidonConstants:
    """One instance of the permutation: x^5, `width` words, full rounds around partial ones.

    Round r adds round_constants[r]; the linear layer is state'[i] = sum_j mds[i][j] * state[j].
    """

    width: int
    full_rounds: int
    partial_rounds: int
    round_constants: tuple[tuple[int, ...], ...]
    mds: tuple[tuple[int, ...], ...]

    def is_full_round(self, index: int) -> bool:
        """Whether round `index` raises every word (first and last half of the full rounds)."""
        half = self.full_rounds // 2
        return not half <= index < half + self.partial_rounds


@cache
def load_constants(width: int) -> PoseidonConstants:
    """The constants for a state of `width` words (one more than the inputs).

    Raises ValueError for a width without constants.
    """
    instances = json.loads(CONSTANTS_PATH.read_text(encoding="ascii"))["instances"]
    for data in instances:
        if data["width"] == width:
            return PoseidonConstants(
                width=width,
                full_rounds=data["full_rounds"],
                partial_rounds=data["partial_rounds"],
                round_constants=_integers(data["round_constants"]),
                mds=_integers(data["mds"]),
            )
    widths = [data["width"] for data in instances]
    raise ValueError(f"no Poseidon constants for width {width}; there are {widths}")


def _integers(rows: list[list[str]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(entry, 16) for entry in row) for row in rows)
