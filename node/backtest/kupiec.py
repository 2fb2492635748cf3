"""Kupiec's proportion-of-failures test.

P. Kupiec, "Techniques for verifying the accuracy of risk measurement models", Journal of
Derivatives 3 (1995), pages 73 to 84.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, log, sqrt


@dataclass(frozen=True)
class KupiecTest:
    """`statistic` is chi-squared with one degree of freedom if the level is the true rate."""

    observations: int
    exceptions: int
    level: float
    statistic: float
    p_value: float

    @property
    def rate(self) -> float:
        """Exceptions over observations."""
        return self.exceptions / self.observations

    @property
    def is_too_many(self) -> bool:
        """Whether there are significantly (5 %) more exceptions than the level allows."""
        return self.rate > self.level and self.p_value < 0.05


def kupiec(exceptions: int, observations: int, level: float) -> KupiecTest:
    """-2 ln of the likelihood at the level over that at the observed rate; ValueError."""
    if not 0 <= exceptions <= observations or observations < 1 or not 0 < level < 1:
        raise ValueError(
            f"{exceptions} of {observations} at level {level}: expected a share of some, and a"
            " level between 0 and 1"
        )
    rate = exceptions / observations

    def likelihood(probability: float) -> float:
        """Its logarithm; 0 ln 0 is 0."""
        hits = exceptions * log(probability) if exceptions else 0.0
        misses = observations - exceptions
        return hits + (misses * log(1 - probability) if misses else 0.0)

    statistic = max(0.0, 2 * (likelihood(rate) - likelihood(level)))
    return KupiecTest(
        exceptions=exceptions,
        observations=observations,
        level=level,
        statistic=statistic,
        p_value=erfc(sqrt(statistic / 2)),
    )
