"""The pricing model: the statement `option_marks`, read on integers.

The same definition is proven, so a quote and its proof cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.statements.option_marks.inputs import Market
from circuits.statements.option_marks.statement import Mark, evaluate


def evaluate_market(market: Market) -> Sequence[Mark]:
    """The mark of every option of a market, in market order."""
    return evaluate(market)
