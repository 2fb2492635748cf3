"""Attack families on `option_marks`.

Each family is a list of lies; `Lie.patches` change how the lying prover computes, so that every
later claim is as favourable as it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import add
from typing import Any

import numpy as np

from circuits.edsl import IntegerArray, Liar, integer_array
from circuits.functions import ln as ln_module
from circuits.functions import normal_cdf as cdf_module
from circuits.functions.row_lookup import look_up_taylor
from circuits.functions.tables import load_table, taylor_coefficients
from circuits.gadgets import division as division_module
from circuits.gadgets import square_root as root_module
from circuits.profile import Profile
from tests.circuits.ladder import Lie
from tests.circuits.lying import HALF, Claims, at, both, claim, in_limbs, only, shift

_honest_split = ln_module._split
_honest_half_even = division_module._half_even
_honest_roots = root_module._nearest_roots


def logarithm_of(change: Callable[[int], int], lanes: int | None = None) -> tuple[Any, str, Any]:
    """A patch: take the logarithm of another number (of arrays with `lanes` lanes only)."""

    def split(numbers: Any, form: Any, values: IntegerArray) -> Any:
        if lanes is None or len(values) == lanes:
            values = integer_array([change(int(v)) for v in values])
        return _honest_split(numbers, form, values)

    return (ln_module, "_split", split)


def logarithms(options: int) -> list[Lie]:
    """Rows of other strikes, other octaves, and forward and strike shifted together."""
    changes: dict[str, Callable[[int], int]] = {
        "+1": lambda v: v + 1,
        "-1": lambda v: v - 1,
        "+2^12": lambda v: v + (1 << 12),
        "doubled": lambda v: 2 * v,
        "halved": lambda v: v // 2,
        "another": lambda v: v ^ 0x1234567,
    }
    return [
        Lie(f"logarithm of {who} {name}", patches=(logarithm_of(change, lanes),))
        for name, change in changes.items()
        for who, lanes in (("strikes", options), ("forwards", 1), ("both", None))
    ]


def _other_row(step: int) -> tuple[Any, str, Any]:
    return other_row_of(step, "")


def other_row_of(step: int, scope: str) -> tuple[Any, str, Any]:
    def look_up(ar: Any, table: Any, at: Any, rows: Any, *args: Any, index: Any) -> Any:
        by = step if ar.path.startswith(scope) else 0
        return look_up_taylor(ar, table, at, lambda *p: rows(*p) + by, *args, index=index)

    return (cdf_module, "look_up_taylor", look_up)


def rows(profile: Profile) -> list[Lie]:
    """Wrong rows, coordinates out of their limb, forged coefficients, foreign rows."""
    unit = 1 << profile.limb_bits
    foreign = load_table("ln", profile.name).rows[3]

    def foreign_row(arrays: Claims) -> Claims:
        lanes = len(arrays[0])
        padded = [*taylor_coefficients(foreign, 0), *[0] * len(arrays)]
        return tuple(integer_array([padded[i]] * lanes) for i in range(len(arrays)))

    wrong = [Lie(f"row {step:+}", patches=(_other_row(step),)) for step in (1, -1, 7)]
    outside = [
        Lie(f"row {step:+} by coordinate", shift("*/coordinate", -step * unit), (_other_row(step),))
        for step in (1, -1)
    ]
    forged = [
        only(f"option/{which}/taylor", delta, wire)
        for which in ("first", "second")
        for wire, delta in ((0, 1 << 40), (1, 1 << 20), (2, 1), (3, -1), (0, HALF))
    ]
    return [
        *wrong,
        *outside,
        *forged,
        Lie("a row of the logarithm", at("option/*/taylor", foreign_row)),
        Lie(
            "a range value as a row",
            at("option/first/taylor", lambda a: tuple(x * 0 + 1 for x in a)),
        ),
        only("option/first/coordinate", 1),
        only("option/second/row/row", 1),
        only("option/moneyness/ln/row/row", -1),
        both_rows_swapped(),
    ]


def both_rows_swapped() -> Lie:
    """Name the first lane's row in the second lane and the other way round."""

    def swap(arrays: Claims) -> Claims:
        row = arrays[0]
        row[[0, 1]] = row[[1, 0]] + np.array([0, 1])
        return (row,)

    return Lie("row indices swapped", at("option/first/row/row", swap))


def fractions(profile: Profile) -> list[Lie]:
    """Half-integer splits of v and of d2, and remainders with a fraction."""
    top = f"option/total_stddev/limb[{profile.stddev_limbs - 1}]"
    half_limb = 1 << (profile.limb_bits - 1)
    return [
        only(top, half_limb),
        only(top, -half_limb),
        only(top, 1),
        only("option/second/coarse", HALF),
        Lie("half t and half c2", both(shift(top, half_limb), shift("option/second/coarse", HALF))),
        only("option/total_stddev/limb[0]", 1),
        *_in_limbs(profile, "option/moneyness/moneyness_remainder", (1, -1)),
        *_in_limbs(profile, "group/forward/ln_remainder", (1, -1)),
        only("option/inputs/strike", -8 * pow(1 << 44, -1, _r())),
        only("option/inputs/volatility", HALF),
    ]


def remainders(profile: Profile) -> list[Lie]:
    """Price and Greek remainders, one unit and one quotient off."""
    lies = []
    claimed = ["price/price", "delta", "vega", "theta"]
    if profile.limb_bits > 6:  # else one limb holds the density's remainder: a form, no claim
        claimed.append("density")
    for name in claimed:
        lies += _in_limbs(profile, f"option/{name}_remainder", (1, -1, 1 << 9))
        lies += whole_quotients(profile, f"option/{name}_remainder")
    return [*lies, *whole_quotients(profile, "group/vega_factor_remainder")]


def signs(profile: Profile, path: str) -> list[Lie]:
    """A magnitude or a positive part that is another number; remainders make up for it."""
    magnitude, positive = f"{path}_magnitude", f"{path}_positive"

    def magnitudes(change: Callable[[int], int]) -> Liar:
        return in_limbs(magnitude, profile.limb_bits, lambda value, _: change(value))

    def halved(arrays: Claims) -> Claims:
        return (integer_array([int(v) * HALF for v in arrays[0]]),)

    off = [Lie(f"{magnitude} {d:+}", magnitudes(partial(add, d))) for d in (1, -1, 5)]
    parts = [only(positive, delta) for delta in (1, -1, 5, HALF)]
    return [
        *off,
        *parts,
        Lie(f"{positive} halved", at(positive, halved)),
        Lie(f"{positive} denied", denied(profile, path)),
        Lie(f"{positive} of the other sign", _other_sign(profile, path)),
        Lie(
            f"{positive} + 1 of twice as much",
            both(magnitudes(lambda v: v + 2), shift(positive, -1)),
        ),
        Lie(f"{magnitude} a fraction", magnitudes(lambda v: v + pow(1 << 154, -1, _r()))),
    ]


def _other_sign(profile: Profile, path: str) -> Liar:
    """0 for the magnitude and the magnitude for 0."""
    magnitudes: list[int] = []

    def remember(value: int, lane: int) -> int:
        magnitudes[lane:] = [value]
        return value

    def other(arrays: Claims) -> Claims:
        pairs = zip(magnitudes, arrays[0], strict=True)
        return (integer_array([magnitude - int(part) for magnitude, part in pairs]),)

    return both(
        in_limbs(f"{path}_magnitude", profile.limb_bits, remember), at(f"{path}_positive", other)
    )


def denied(profile: Profile, path: str) -> Liar:
    """The first option's positive quotient q as a negative one of magnitude -q: its part is 0."""

    def nothing(arrays: Claims) -> Claims:
        arrays[0][0] = 0
        return arrays

    def negated(value: int, lane: int) -> int:
        return value if lane else -value

    return both(
        in_limbs(f"{path}_magnitude", profile.limb_bits, negated),
        at(f"{path}_positive", nothing),
    )


def whole_quotients(profile: Profile, pattern: str) -> list[Lie]:
    """A remainder too large by its divisor, taken by its top limb: the quotient is one less."""

    def spill(sign: int) -> Callable[[Claims], Claims]:
        def change(arrays: Claims) -> Claims:
            arrays[-1][:] = arrays[-1] + (sign << profile.limb_bits)
            return arrays

        return change

    return [Lie(f"{pattern} {s:+} quotient", at(pattern, spill(s))) for s in (1, -1)]


def roots(by: int) -> Any:
    """Square roots off by so much."""
    return lambda numbers, values: _honest_roots(numbers, values) + by


def divisions() -> list[Lie]:
    """Neighbours of every quotient rounded half to even, and of the square root."""

    def half_even(by: int) -> Any:
        return lambda numbers, n, d: np.maximum(_honest_half_even(numbers, n, d) + by, 0)

    return [
        *(
            Lie(f"quotients {by:+}", patches=((division_module, "_half_even", half_even(by)),))
            for by in (1, -1, 2)
        ),
        *(
            Lie(f"root {by:+}", patches=((root_module, "_nearest_roots", roots(by)),))
            for by in (1, -1, 2)
        ),
        only("group/root_time/root", HALF),
    ]


def bits() -> list[Lie]:
    """Free booleans, and truths about zero."""
    lies = []
    for path in ("option/inputs/is_put", "option/gamma/odd", "option/rho/odd", "group/decay/odd"):
        lies += [Lie(f"{path} = {v}", claim(path, v)) for v in (2, -1, HALF)]
    for path in ("option/alive", "group/time_floor"):
        lies += [Lie(f"{path} = {v}", claim(path, v)) for v in (0, 1, HALF)]
        lies.append(Lie(f"{path} = 0, share 0", both(claim(path, 0), claim(f"{path}_share", 0))))
        lies.append(Lie(f"{path} + 1", shift(path, 1)))
    return lies


def multiplicities() -> list[Lie]:
    """Forged counts: one less, one more, two rows exchanged, minus one."""

    def bump(row: int, by: int) -> Callable[[Claims], Claims]:
        def change(arrays: Claims) -> Claims:
            arrays[0][row] += by
            return arrays

        return change

    def exchange(arrays: Claims) -> Claims:
        arrays[0][0], arrays[0][1] = arrays[0][1] + 1, arrays[0][0]
        return arrays

    lies = []
    for table in ("range", "normal_cdf_*", "ln_*"):
        path = f"{table}/multiplicity"
        lies += [Lie(f"{path} {by:+}", at(path, bump(0, by))) for by in (1, -1)]
        lies.append(Lie(f"{path} exchanged", at(path, exchange)))
    return lies


def _in_limbs(profile: Profile, pattern: str, deltas: tuple[int, ...]) -> list[Lie]:
    def adding(delta: int) -> Callable[[int, int], int]:
        return lambda value, _: value + delta

    return [
        Lie(f"{pattern} {d:+}", in_limbs(pattern, profile.limb_bits, adding(d))) for d in deltas
    ]


def _r() -> int:
    from circuits.field import BN254_FR

    return BN254_FR.modulus
