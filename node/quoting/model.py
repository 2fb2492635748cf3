"""The pricing model: the statement `option_marks`, read on integers.

The same definition is proven, so a quote and its proof cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from circuits.statements.option_marks.inputs import Market, smallest_shape
from node.quoting.report import GreekUnit, PricedMark


def evaluate_market(market: Market) -> Sequence[PricedMark]:
    """Price and Greeks of every option of a market, in market order."""
    from circuits.statements.option_marks import (  # type: ignore[attr-defined]  # noqa: PLC0415
        OptionMarks,
    )

    marks: Sequence[PricedMark] = OptionMarks(smallest_shape(market), greeks=True).evaluate(market)
    return marks


def greek_units() -> Mapping[str, GreekUnit]:
    """What the integers of the Greeks count."""
    from circuits.statements.option_marks.greeks import (  # type: ignore[import-not-found]  # noqa: PLC0415
        GREEK_UNITS,
    )

    units: Mapping[str, GreekUnit] = GREEK_UNITS
    return units
