"""What the statement says of an option: its price and its Greeks, as integers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Greeks:
    """The five Greeks as signed integers; their units are listed in greeks.py."""

    delta: int
    gamma: int
    vega: int
    theta: int
    rho: int


@dataclass(frozen=True)
class Mark:
    """What the model says of one option: the price in atoms of 1e-5 tick, and the Greeks."""

    price_atoms: int
    greeks: Greeks
