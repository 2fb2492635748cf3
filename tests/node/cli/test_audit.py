"""`proofmark audit`, and the cost of the statement it reports."""

from __future__ import annotations

import pytest

from circuits.profile import R6
from circuits.statements.option_marks import OptionMarks, Shape
from circuits.statements.option_marks.cost import marginal_cost
from tests.node.cli.running import invoke, invoke_json


@pytest.mark.parametrize(("greeks", "option_bar", "assumptions"), [(False, 70, 3), (True, 168, 6)])
def test_the_audit_is_within_the_bars(greeks: bool, option_bar: int, assumptions: int) -> None:
    report = invoke_json("audit", "option_marks", *(["--greeks"] if greeks else []))
    marginal = report["marginal"]
    assert marginal["option"] <= option_bar
    assert marginal["group"] <= 95
    assert marginal["tables"] <= 25_800
    assert marginal["once"] <= 700
    assert sum(each["constraints"] * each["lanes"] for each in report["paths"]) == (
        report["constraints"] - 3
    )
    assert len(report["assumptions"]) >= assumptions
    assert all(each["because"] and each["must_fail"] for each in report["assumptions"])
    names = {(each["word"], each["field"]): each for each in report["word_fields"]}
    assert names["1", "registry"]["relies_on_contract"]
    assert names["option", "volatility"]["signed_by_oracle"]
    assert not names["price", "price_atoms"]["relies_on_contract"]
    assert (("time Greeks", "theta_biased") in names) is greeks


@pytest.mark.parametrize("shape", [Shape(12, 12), Shape(3, 16)])
def test_marginal_costs_add_up(shape: Shape) -> None:
    cost = marginal_cost(greeks=True, profile=R6)
    rows = OptionMarks(shape, profile=R6, greeks=True).r1cs().row_count
    expected = cost.option * shape.capacity + cost.group * shape.groups + cost.tables + cost.once
    assert rows == expected


def test_people_get_tables() -> None:
    code, out, err = invoke("audit", "option_marks", "--capacity", 256)
    assert (code, err) == (0, "")
    for text in ("256 options", "constraints per option", "Intervals", "must fail", "checked by"):
        assert text in out


@pytest.mark.parametrize("arguments", [[], ["margin"], ["option_marks", "--capacity", 63]])
def test_wrong_usage_exits_with_2(arguments: list[object]) -> None:
    assert invoke("audit", *arguments)[0] == 2


def test_the_audit_of_a_margin_lists_what_it_relies_on() -> None:
    report = invoke_json("audit", "portfolio_margin", "--kind", "breach", "--rows", 3)
    assert report["marginal"]["leg"] <= 1_400
    assert sum(each["constraints"] * each["lanes"] for each in report["paths"]) == (
        report["constraints"] - 3
    )
    assert {each["must_fail"] for each in report["assumptions"]} >= {
        "test_a_group_sum_is_of_every_member_once",
        "test_revaluation_refuses_neighbours",
    }
    names = {(each["word"], each["field"]) for each in report["word_fields"]}
    assert ("10", "equity_bound") in names
