"""Secrets: range, derivation, and that they do not show."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from circuits.field import BN254_FR
from prover import development_toxic_waste, sample_toxic_waste
from prover.errors import ToxicWasteError


def test_development_waste_is_a_function_of_seed_and_digest() -> None:
    waste = development_toxic_waste(b"seed", bytes(32))
    assert waste == development_toxic_waste(b"seed", bytes(32))
    others = [development_toxic_waste(b"sees", bytes(32)), development_toxic_waste(b"seed", b"x")]
    values = [value for one in (waste, *others) for value in astuple(one)]
    assert len(set(values)) == 18


def test_sampled_waste_is_fresh() -> None:
    assert not set(astuple(sample_toxic_waste())) & set(astuple(sample_toxic_waste()))


def test_waste_is_in_range_and_does_not_show() -> None:
    waste = sample_toxic_waste()
    assert str(waste.tau) not in repr(waste)
    for value in (0, BN254_FR.modulus, -1):
        with pytest.raises(ToxicWasteError, match="delta_1"):
            replace(waste, delta_1=value)
