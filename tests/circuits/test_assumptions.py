"""Every argument that the types do not carry names the test that would break it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import OptionMarks, Shape
from circuits.statements.portfolio_margin import Kind, MarginShape, VolatilityForm
from circuits.statements.portfolio_margin.statement import PortfolioMargin

TESTS = Path(__file__).parents[1]


def test_functions() -> None:
    assert {"test_functions", "test_every_assumption_names_a_test"} <= _names()


def _names() -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    return {name for text in sources for name in re.findall(r"^def (test_\w+)", text, re.M)}


@pytest.mark.parametrize("greeks", [False, True])
@pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])
def test_every_assumption_names_a_test(profile: Profile, greeks: bool) -> None:
    assumptions = OptionMarks(Shape(1, 1), profile, greeks).assumptions
    assert assumptions
    assert {a.must_fail for a in assumptions} <= _names()
    assert all(len(a.because) > 20 and a.path for a in assumptions)
    assert all(a.lo is None or a.hi is None or a.lo <= a.hi for a in assumptions)


def test_the_list_of_assumptions_is_reviewed() -> None:
    """A new assumption has to be added here, with its attack."""
    found = {(a.path, a.must_fail) for a in OptionMarks(Shape(1, 1), R14, True).assumptions}
    assert found == {
        ("group", "test_forward_outside_the_table_is_refused"),
        ("group", "test_square_root_refuses_neighbours_and_half_integers"),
        ("group/root_time", "test_square_root_refuses_neighbours_and_half_integers"),
        ("option", "test_division_refuses_neighbours"),
        ("option/division", "test_division_refuses_neighbours"),
        ("option/division", "test_saturated_lane_refuses_another_strike"),
    }


@pytest.mark.parametrize("form", list(VolatilityForm))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_assumption_of_a_margin_names_a_test(kind: Kind, form: VolatilityForm) -> None:
    assumptions = PortfolioMargin(MarginShape(kind, 1, 1, form)).assumptions
    assert {a.must_fail for a in assumptions} <= _names()
    assert all(len(a.because) > 20 and a.path for a in assumptions)


def test_the_list_of_margin_assumptions_is_reviewed() -> None:
    shape = MarginShape(Kind.COVERED, 1, 1)
    found = {(a.path, a.must_fail) for a in PortfolioMargin(shape).assumptions}
    neighbours = "test_revaluation_refuses_neighbours"
    root = "test_square_root_refuses_neighbours_and_half_integers"
    assert found == {
        ("by_slice", "test_a_group_sum_is_of_every_member_once"),
        ("slice", "test_a_forward_outside_the_table_is_unprovable"),
        ("slice", root),
        ("leg/svi", root),
        *((f"leg/row[{row}]/division", neighbours) for row in range(4)),
    }
