"""The Poseidon permutation and hash on Python integers.

Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon: A New Hash Function for
Zero-Knowledge Proof Systems" (USENIX Security 2021), section 2 and figure 2. The hash of n words
permutes (0, word_1, …, word_n) and returns the first word, as circomlib does.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.field import BN254_FR
from circuits.poseidon.constants import load_constants


def permute(state: Sequence[int]) -> tuple[int, ...]:
    """The permutation of a state of 2, 3, 16 or 17 words in [0, modulus).

    Raises ValueError for another width or a word outside the field.
    """
    modulus = BN254_FR.modulus
    constants = load_constants(len(state))
    for index, word in enumerate(state):
        if not 0 <= word < modulus:
            raise ValueError(f"Poseidon word {index}: expected a field element, received {word}")
    words = list(state)
    for index, additions in enumerate(constants.round_constants):
        words = [word + addition for word, addition in zip(words, additions, strict=True)]
        raised = len(words) if constants.is_full_round(index) else 1
        words[:raised] = [pow(word, 5, modulus) for word in words[:raised]]
        words = [
            sum(entry * word for entry, word in zip(row, words, strict=True)) % modulus
            for row in constants.mds
        ]
    return tuple(words)


def poseidon(inputs: Sequence[int]) -> int:
    """The hash of 1, 2, 15 or 16 field elements; raises ValueError as `permute` does."""
    return permute((0, *inputs))[0]
