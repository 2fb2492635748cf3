"""Small liars to build attack families from."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

import numpy as np

from circuits.edsl import IntegerArray, Liar, integer_array
from circuits.field import BN254_FR
from tests.circuits.ladder import Lie

HALF = BN254_FR.inverse(2)

Claims = tuple[IntegerArray, ...]


def at(pattern: str, change: Callable[[Claims], Claims]) -> Liar:
    """Change the claims whose path matches the pattern."""

    def liar(path: str, arrays: Claims) -> Claims:
        if not fnmatchcase(path, pattern.replace("[", "[[]")):
            return arrays
        return change(tuple(np.copy(array) for array in arrays))

    return liar


def both(*liars: Liar) -> Liar:
    """One lie after the other."""

    def liar(path: str, arrays: Claims) -> Claims:
        for each in liars:
            arrays = each(path, arrays)
        return arrays

    return liar


def shift(pattern: str, delta: int, wire: int = 0) -> Liar:
    """Add to one claimed wire in every lane."""

    def change(arrays: Claims) -> Claims:
        arrays[wire][:] = arrays[wire] + delta
        return arrays

    return at(pattern, change)


def claim(pattern: str, value: int, wire: int = 0) -> Liar:
    """Claim a fixed value in every lane."""

    def change(arrays: Claims) -> Claims:
        arrays[wire][:] = value
        return arrays

    return at(pattern, change)


def in_limbs(pattern: str, limb_bits: int, change: Callable[[int, int], int]) -> Liar:
    """Change a number that is claimed in limbs: (value, lane) -> value; the top limb takes all.

    A field element that is no small integer goes into the lowest limb.
    """

    def resplit(arrays: Claims) -> Claims:
        count, mask = len(arrays), (1 << limb_bits) - 1
        for lane in range(len(arrays[0])):
            value = sum(int(limb[lane]) << (limb_bits * i) for i, limb in enumerate(arrays))
            value = change(value, lane)
            for i in range(count):
                rest = value >> (limb_bits * i)
                arrays[i][lane] = rest & mask if i < count - 1 else rest
        return arrays

    return at(pattern, resplit)


def add_in_limbs(pattern: str, limb_bits: int, delta: int) -> Lie:
    """The lie that adds to a number claimed in limbs."""
    return Lie(f"{pattern} {delta:+}", in_limbs(pattern, limb_bits, lambda v, _: v + delta))


def only(pattern: str, delta: int, wire: int = 0) -> Lie:
    """The lie that adds to one wire."""
    return Lie(f"{pattern}[{wire}] {delta:+}", shift(pattern, delta, wire))


def column(values: list[int]) -> IntegerArray:
    """One number per lane."""
    return integer_array(values)
