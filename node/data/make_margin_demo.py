"""Write the demo's margin markets and book from the demo's chain: `python make_margin_demo.py`.

Two snapshots, each with volatilities in both forms: the chain's own, and one an hour later with
spot and forwards 15 % lower (curves keep their shape in log-moneyness, listed volatilities stay at
their strikes). Slices are raw SVI, fitted to the chain's volatilities of each expiry; the book is
32 legs of condors with uncovered shorts. NOTICE.md describes the files and the fits.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
CHAIN = HERE / "btc_chain_20260521.csv"
SPOT = Decimal("77596.75")
"""Middle of the spot's bid and ask (77596.5, 77597) in the source the chain was made from."""
FALLEN = Decimal("0.85")
HOUR = timedelta(hours=1)

#: Condors: strikes as multiples of the forward, with their amounts by kind of expiry.
WINGS = ((Decimal("0.80"), "put"), (Decimal("0.92"), "put"), (Decimal("1.08"), "call"))
OUTER_CALL = (Decimal("1.25"), "call")
AMOUNTS = (("1.5", "-2.5", "-2", "1.25"), ("1", "-1.75", "-1.5", "0.75"))
EXPIRIES_OF_BOOK = 8
HOLDINGS = (
    ("perpetual", "-0.75"),
    ("collateral_1", "1.5"),
    ("collateral_2", "0"),
    ("cash", "140000"),
)

Row = dict[str, str]
Curve = dict[str, Decimal]


def read_chain() -> dict[str, list[Row]]:
    """The chain's rows by expiry, both in the file's order."""
    with CHAIN.open(encoding="ascii", newline="") as file:
        found: dict[str, list[Row]] = {}
        for row in csv.DictReader(file):
            found.setdefault(row["expiry_utc"], []).append(row)
    return found


def fit_svi(log_moneyness: NDArray[Any], volatility: NDArray[Any]) -> Curve:
    """Raw SVI per year, least squares in volatility.

    For given m and s the variance a + d y + c sqrt(y^2 + 1), y = (k - m) / s, is linear in a, d, c;
    m and s are found on a grid that is refined around its best point (the quasi-explicit way of
    Zeliade Systems, 2009).
    """
    span = float(np.ptp(log_moneyness))
    best = np.array([0.0, np.log(span / 4)])
    width = np.array([span / 2, 2.5])
    steps = np.linspace(-1.0, 1.0, 13)
    solution: tuple[float, Curve] | None = None
    for _ in range(40):
        for dm, ds in product(steps, steps):
            m, log_s = best + width * np.array([dm, ds])
            found = _linear_part(log_moneyness, volatility, float(m), float(np.exp(log_s)))
            if found is not None and (solution is None or found[0] < solution[0]):
                solution = found
        if solution is None:
            raise ArithmeticError("no grid point gives a sensible slice")
        _, curve = solution
        best = np.array([float(curve["m"]), np.log(float(curve["s"]))])
        width *= 0.7
    return curve


def _linear_part(
    k: NDArray[Any], volatility: NDArray[Any], m: float, s: float
) -> tuple[float, Curve] | None:
    """Squared error and the curve for given m and s; None where it is no sensible slice.

    The bend must lie among the strikes, and be no wider than they are.
    """
    if not k.min() <= m <= k.max() or s > np.ptp(k):
        return None
    y = (k - m) / s
    columns = np.stack([np.ones_like(y), y, np.sqrt(y**2 + 1)], axis=1)
    weights = 1 / (2 * volatility)
    (a, d, c), *_ = np.linalg.lstsq(columns * weights[:, None], volatility**2 * weights, rcond=None)
    if c <= 0 or abs(d) > 0.95 * c or a + np.sqrt(c**2 - d**2) <= 1e-4:
        return None
    curve = {"a": a, "b": c / s, "rho": d / c, "m": m, "s": s}
    rounded = {name: Decimal(f"{value:.8f}") for name, value in curve.items()}
    errors = curve_volatility(rounded, k) - volatility
    return float(np.sum(errors**2)), rounded


def curve_volatility(curve: Curve, k: NDArray[Any]) -> NDArray[Any]:
    """The curve's volatilities at log-moneyness k."""
    a, b, rho, m, s = (float(curve[name]) for name in ("a", "b", "rho", "m", "s"))
    x = k - m
    root: NDArray[Any] = np.sqrt(a + b * (rho * x + np.sqrt(x**2 + s**2)))
    return root


def fits(chain: dict[str, list[Row]]) -> dict[str, tuple[Curve, NDArray[Any]]]:
    """The curve of each expiry and its errors in volatility."""
    found = {}
    for expiry, rows in chain.items():
        forward = float(rows[0]["forward"])
        k = np.log(np.array([float(row["strike"]) for row in rows]) / forward)
        volatility = np.array([float(row["implied_volatility"]) for row in rows])
        curve = fit_svi(k, volatility)
        found[expiry] = curve, curve_volatility(curve, k) - volatility
    return found


def market(
    chain: dict[str, list[Row]],
    curves: dict[str, Curve] | None,
    level: Decimal = Decimal(1),
    later: timedelta = timedelta(0),
) -> dict[str, Any]:
    """A market document: curves, or the chain's volatilities where `curves` is None."""
    valuation = next(iter(chain.values()))[0]["valuation_utc"]
    moment = datetime.fromisoformat(valuation) + later
    spot = plain(SPOT * level)
    expiries = []
    for expiry, rows in chain.items():
        entry: dict[str, Any] = {
            "expiry_utc": expiry,
            "forward": plain(Decimal(rows[0]["forward"]) * level),
        }
        if curves is None:
            entry["volatilities"] = {row["strike"]: row["implied_volatility"] for row in rows}
        else:
            entry["svi"] = {name: plain(value) for name, value in curves[expiry].items()}
        expiries.append(entry)
    return {
        "valuation_utc": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "underlying": "BTC",
        "spot": spot,
        "perpetual": spot,
        "collateral_1": spot,
        "collateral_2": "1",
        "expiries": expiries,
    }


def book(chain: dict[str, list[Row]]) -> list[tuple[str, str, str, str]]:
    """Rows of the book: a condor in each of the last eight expiries, and linear holdings."""
    legs = []
    for index, rows in enumerate(list(chain.values())[-EXPIRIES_OF_BOOK:]):
        amounts = AMOUNTS[index % len(AMOUNTS)]
        for (multiple, kind), amount in zip((*WINGS, OUTER_CALL), amounts, strict=True):
            target = Decimal(rows[0]["forward"]) * multiple
            listed = (row["strike"] for row in rows if row["option_type"] == kind)
            strike = min(listed, key=lambda strike: abs(Decimal(strike) - target))
            legs.append((kind, rows[0]["expiry_utc"], strike, amount))
    return legs + [(kind, "", "", amount) for kind, amount in HOLDINGS]


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write the book with Unix line ends."""
    with path.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "expiry_utc", "strike", "amount"))
        writer.writerows(rows)


def main() -> None:
    """Write all files beside this script, or into --output, and the fits' errors to the screen."""
    parser = argparse.ArgumentParser(description="Write the demo's margin markets and book.")
    parser.add_argument("--output", type=Path, default=HERE)
    folder = parser.parse_args().output
    chain = read_chain()
    fitted = fits(chain)
    curves = {expiry: curve for expiry, (curve, _) in fitted.items()}
    for form, own in (("svi", curves), ("series", None)):
        for name, level, later in (("", Decimal(1), 0 * HOUR), ("_fallen", FALLEN, HOUR)):
            text = json.dumps(market(chain, own, level, later), indent=1) + "\n"
            path = folder / f"btc_margin_{form}_20260521{name}.json"
            path.write_text(text, encoding="ascii")
    write_csv(folder / "btc_book_20260521.csv", book(chain))
    lines = [
        f"{expiry} {len(errors):3d} {np.sqrt(np.mean(errors**2)) * 100:8.3f}"
        f" {np.max(np.abs(errors)) * 100:8.3f}"
        for expiry, (_, errors) in fitted.items()
    ]
    heading = "expiry, options, root mean square and largest error in volatility points"
    print(heading, *lines, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
