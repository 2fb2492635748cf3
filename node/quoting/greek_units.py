"""What the integers of the Greeks count, in the units a reader knows.

====== ========================= ==========================================
Greek  integer counts            printed in
====== ========================= ==========================================
delta  2^-39                     quote currency per quote currency of forward
gamma  2^-67 per tick            per quote currency
vega   atoms per 1.00            quote currency per 1.00 of volatility
theta  atoms per day             quote currency per day of 86,400 s
rho    atoms per 1.00            quote currency per 1.00 of rate
====== ========================= ==========================================
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.statements.option_marks.greeks import DELTA_FRACTION_BITS, GAMMA_FRACTION_BITS
from circuits.statements.option_marks.inputs import ATOMS_PER_TICK
from node.quoting.decimals import scaled_to_decimal

ATOM_DECIMALS = len(str(ATOMS_PER_TICK)) - 1
"""An atom is 10^-5 tick."""


@dataclass(frozen=True, slots=True)
class GreekUnit:
    """The unit tick^tick_power / (2^power_of_two 10^power_of_ten) in quote currency.

    `tick_power` is 1 for amounts of quote currency, 0 for pure numbers, -1 for gamma.
    """

    power_of_two: int
    power_of_ten: int
    tick_power: int

    def decimal(self, value: int, tick_exponent: int) -> str:
        """The exact digits of `value` units at a tick of 10^-tick_exponent."""
        places = self.power_of_ten + self.tick_power * tick_exponent
        return scaled_to_decimal(value, 1, self.power_of_two, places)


_AMOUNT = GreekUnit(power_of_two=0, power_of_ten=ATOM_DECIMALS, tick_power=1)

GREEK_UNITS = {
    "delta": GreekUnit(power_of_two=DELTA_FRACTION_BITS, power_of_ten=0, tick_power=0),
    "gamma": GreekUnit(power_of_two=GAMMA_FRACTION_BITS, power_of_ten=0, tick_power=-1),
    "vega": _AMOUNT,
    "theta": _AMOUNT,
    "rho": _AMOUNT,
}
"""The unit of each Greek, by name and in the order of printing."""
