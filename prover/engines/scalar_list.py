"""The reference engine's handle on scalars."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.field import BN254_FR, FieldArray, unpack_scalars


@dataclass(frozen=True)
class ScalarList:
    """See `ScalarVector`: canonical scalars, as integers."""

    values: list[int]

    @classmethod
    def load(cls, scalars: FieldArray) -> ScalarList:
        """See `Engine.load_scalars`."""
        values = unpack_scalars(scalars)
        if any(value >= BN254_FR.modulus for value in values):
            raise ValueError("a scalar is not below the modulus")
        return cls(values)

    def __len__(self) -> int:
        return len(self.values)

    def tail(self, start: int) -> ScalarList:
        """See `ScalarVector`."""
        if start > len(self):
            raise ValueError("the tail starts behind the last scalar")
        return ScalarList(self.values[start:])
