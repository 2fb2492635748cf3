"""The constraint budget of portfolio_margin: the committed snapshot, and its bars.

`PYTHONPATH=. python -m tests.circuits.statements.margin.test_counts` rewrites the snapshot.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from circuits.statements.portfolio_margin import Kind, MarginShape, VolatilityForm
from circuits.statements.portfolio_margin.cost import MarginCost, margin_cost

SNAPSHOT = Path(__file__).parents[3] / "snapshots" / "constraints.json"
SECTION = "portfolio_margin"

SHAPES = {
    f"{kind.value}, {rows} rows, {form.name.lower()}": MarginShape(kind, 128, rows, form)
    for kind, rows, form in (
        (Kind.COVERED, 24, VolatilityForm.SVI),
        (Kind.COVERED, 33, VolatilityForm.SVI),
        (Kind.COVERED, 36, VolatilityForm.SVI),
        (Kind.COVERED, 33, VolatilityForm.SERIES),
        (Kind.BREACH, 33, VolatilityForm.SVI),
        (Kind.REQUIREMENT, 33, VolatilityForm.SVI),
        (Kind.OPEN, 33, VolatilityForm.SVI),
    )
}
LEG_BAR = 1_400
DOMAIN_BAR = 1 << 18


@cache
def cost(name: str) -> MarginCost:
    return margin_cost(SHAPES[name])


def counts(name: str) -> dict[str, Any]:
    found = cost(name)
    return {
        "per_leg": float(found.leg),
        "slices": found.slices,
        "tables": found.tables,
        "once": found.once,
        "128_legs": found.total,
    }


@pytest.mark.parametrize("name", SHAPES)
def test_the_counts_are_those_of_the_snapshot(name: str) -> None:
    assert counts(name) == json.loads(SNAPSHOT.read_text(encoding="ascii"))[SECTION][name]


@pytest.mark.parametrize("name", SHAPES)
def test_the_counts_are_within_their_bars(name: str) -> None:
    """A further leg, tables apart; the largest shape in 2^18."""
    assert cost(name).leg <= LEG_BAR
    assert cost(name).total <= DOMAIN_BAR


if __name__ == "__main__":
    whole = json.loads(SNAPSHOT.read_text(encoding="ascii"))
    whole[SECTION] = {name: counts(name) for name in SHAPES}
    SNAPSHOT.write_text(json.dumps(whole, indent=1) + "\n", encoding="ascii")
