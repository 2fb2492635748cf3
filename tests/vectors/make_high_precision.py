"""Write `normal_functions.csv` and `black76_quantised.csv` beside this script.

An implementation apart from everything else in the repository: Python's `decimal` at 120 digits,
the normal distribution by its power series N(x) = 1/2 + pdf(x) sum x^(2k+1)/(1 3 5 ... (2k+1)),
whose terms have one sign. Values are printed to 30 significant digits.
"""

import csv
import itertools
from decimal import Decimal, getcontext
from pathlib import Path

WORKING_DIGITS = 120
PRINTED_DIGITS = 30
HERE = Path(__file__).parent
YEAR_SECONDS = 31_536_000

getcontext().prec = WORKING_DIGITS


def arctan_inverse(n: int) -> Decimal:
    """arctan(1/n)."""
    term = total = Decimal(1) / n
    for k in itertools.count(1):
        term /= -n * n
        total += term / (2 * k + 1)
        if abs(term) < Decimal(10) ** -WORKING_DIGITS:
            return total
    raise AssertionError


PI = 16 * arctan_inverse(5) - 4 * arctan_inverse(239)  # Machin 1706


def normal_pdf(x: Decimal) -> Decimal:
    """The density of the standard normal distribution."""
    return (-x * x / 2).exp() / (2 * PI).sqrt()


def normal_cdf(x: Decimal) -> Decimal:
    """The standard normal distribution function."""
    term = total = x
    for k in itertools.count(1):
        term *= x * x / (2 * k + 1)
        total += term
        if abs(term) <= abs(total) * Decimal(10) ** -WORKING_DIGITS:
            return Decimal("0.5") + normal_pdf(x) * total
    raise AssertionError


def black76(option: dict[str, int]) -> dict[str, Decimal]:
    """Price in ticks and Greeks of an option in the product's integer formats."""
    forward, strike = Decimal(option["forward_ticks"]), Decimal(option["strike_ticks"])
    volatility = option["volatility"] * Decimal("2e-8")
    years = Decimal(option["seconds"]) / YEAR_SECONDS
    discount = Decimal(option["discount"]) / 2**44
    rate = Decimal(option["rate_biased"] - 2**26) / 2**53 * YEAR_SECONDS
    v = volatility * years.sqrt()
    d1 = (forward / strike).ln() / v + v / 2
    d2 = d1 - v
    price = discount * (forward * normal_cdf(d1) - strike * normal_cdf(d2))
    delta = discount * normal_cdf(d1)
    if option["is_put"]:
        price -= discount * (forward - strike)
        delta -= discount
    density = discount * normal_pdf(d1)
    return {
        "price_ticks": price,
        "delta": delta,
        "gamma": density / (forward * v),
        "vega": forward * density * years.sqrt(),
        "theta": (rate * price - forward * density * volatility / (2 * years.sqrt())) / 365,
        "rho": -years * price,
    }


def printed(value: Decimal) -> str:
    """30 significant digits, rounded half to even."""
    return f"{value:.{PRINTED_DIGITS - 1}e}"


def options() -> list[dict[str, int]]:
    """A grid over moneyness in total standard deviations, volatility and time, then corners."""
    low, high = 1 << 20, (1 << 36) - 1
    forward = 775_687_500
    rows = []
    for eighths, percent, seconds in itertools.product(
        (-48, -16, -4, 0, 1, 12, 40), (12, 45, 150), (79_550, 2_592_000, 26_690_000)
    ):
        v = Decimal(percent) / 100 * (Decimal(seconds) / YEAR_SECONDS).sqrt()
        strike = int(forward * (v * eighths / 8).exp())
        rows.append((forward, min(max(strike, low), high), percent * 500_000, seconds))
    rows += [
        (high, high, (1 << 28) - 1, (1 << 28) - 1),
        (low, low, 50_000_000, 31_536_000),
        (low, low + 1, 1_000_000, 1),
        (high, high - 1, 3, 1),
        (high, low, (1 << 28) - 1, 31_536_000),
        (low, high, (1 << 28) - 1, 31_536_000),
    ]
    made = []
    for index, (forward_ticks, strike_ticks, volatility, seconds) in enumerate(rows):
        discounted = index % 3 == 1
        made.append(
            {
                "forward_ticks": forward_ticks,
                "strike_ticks": strike_ticks,
                "volatility": volatility,
                "seconds": seconds,
                "discount": 17_500_000_000_000 if discounted else 1 << 44,
                "rate_biased": (1 << 26) + (11_423_000 if discounted else 0),
                "is_put": int((index // 9 + index) % 2 == 1),
            }
        )
    return made


def main() -> None:
    """Write both files beside this script."""
    with (HERE / "normal_functions.csv").open("w", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["x", "normal_cdf", "normal_pdf"])
        for quarter in range(-42, 43):
            x = Decimal(quarter) / 4
            rows.writerow([x, printed(normal_cdf(x)), printed(normal_pdf(x))])
    with (HERE / "black76_quantised.csv").open("w", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        cases = options()
        rows.writerow([*cases[0], *black76(cases[0])])
        for case in cases:
            rows.writerow([*case.values(), *map(printed, black76(case).values())])


if __name__ == "__main__":
    main()
