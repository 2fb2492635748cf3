"""Write Poseidon's constants: `python -m circuits.poseidon.generate_constants` (`make generate`).

The rule is the Poseidon paper's (appendices B and F): a Grain LFSR of 80 bits, seeded with the
instance's parameters, run in self-shrinking mode; field elements are read from it most significant
bit first. Round constants are drawn by rejection. The MDS matrix is the Cauchy matrix
1 / (x_i + y_j) of 2 * width further elements, drawn by reduction, distinct.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from circuits.field import BN254_FR
from circuits.poseidon.constants import CONSTANTS_PATH

FULL_ROUNDS = 8
#: Width of the state -> partial rounds, as circomlib uses them for 128-bit security.
PARTIAL_ROUNDS = {2: 56, 3: 57, 16: 64, 17: 68}

_STATE_BITS = 80
_TAPS = (62, 51, 38, 23, 13, 0)
_WARM_UP = 160
_PRIME_FIELD = 1
_POWER_S_BOX = 0


def grain_bits(field_bits: int, width: int, partial_rounds: int) -> Iterator[int]:
    """The endless output of the LFSR seeded for one instance over a prime field."""
    seed = (
        f"{_PRIME_FIELD:02b}{_POWER_S_BOX:04b}{field_bits:012b}{width:012b}"
        f"{FULL_ROUNDS:010b}{partial_rounds:010b}"
    )
    state = [int(bit) for bit in seed.ljust(_STATE_BITS, "1")]

    def raw_bits() -> Iterator[int]:
        while True:
            bit = sum(state[tap] for tap in _TAPS) & 1
            state.append(bit)
            del state[0]
            yield bit

    raw = raw_bits()
    for _ in islice(raw, _WARM_UP):
        pass
    while True:
        keep, bit = next(raw), next(raw)
        if keep:
            yield bit


def read_integer(bits: Iterator[int], length: int) -> int:
    """The next `length` bits as an integer, most significant first."""
    value = 0
    for bit in islice(bits, length):
        value = value << 1 | bit
    return value


def draw_below_modulus(bits: Iterator[int]) -> int:
    """The next value below the modulus; larger ones are thrown away."""
    modulus = BN254_FR.modulus
    while (value := read_integer(bits, modulus.bit_length())) >= modulus:
        pass
    return value


def draw_cauchy_matrix(bits: Iterator[int], width: int) -> list[list[int]]:
    """The next Cauchy matrix whose elements are distinct and whose sums are invertible."""
    modulus = BN254_FR.modulus
    length = modulus.bit_length()
    while True:
        elements = [read_integer(bits, length) % modulus for _ in range(2 * width)]
        sums = [[x + y for y in elements[width:]] for x in elements[:width]]
        if len(set(elements)) == 2 * width and all(s % modulus for row in sums for s in row):
            return [[BN254_FR.inverse(s) for s in row] for row in sums]


def instance(width: int) -> dict[str, object]:
    """One instance of the file: round numbers, round constants by round, matrix by row."""
    partial_rounds = PARTIAL_ROUNDS[width]
    bits = grain_bits(BN254_FR.modulus.bit_length(), width, partial_rounds)
    round_constants = [
        [hex(draw_below_modulus(bits)) for _ in range(width)]
        for _ in range(FULL_ROUNDS + partial_rounds)
    ]
    matrix = draw_cauchy_matrix(bits, width)
    return {
        "width": width,
        "full_rounds": FULL_ROUNDS,
        "partial_rounds": partial_rounds,
        "round_constants": round_constants,
        "mds": [[hex(entry) for entry in row] for row in matrix],
    }


def constants_text() -> str:
    """The whole constants file."""
    document = {
        "generated_by": "circuits/poseidon/generate_constants.py (do not edit)",
        "field": "BN254 scalar field",
        "s_box": "x^5",
        "instances": [instance(width) for width in sorted(PARTIAL_ROUNDS)],
    }
    return json.dumps(document, indent=1) + "\n"


def main() -> None:
    """Write the constants into the package, or into --output."""
    parser = argparse.ArgumentParser(description="Write Poseidon's constants.")
    parser.add_argument("--output", type=Path, default=CONSTANTS_PATH)
    parser.parse_args().output.write_text(constants_text(), encoding="ascii")


if __name__ == "__main__":
    main()
