"""`proofmark audit`: what a statement costs and what it rests on, read off the circuit."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from circuits.audit import Audit
from circuits.audit import audit as audit_circuit
from circuits.edsl.assumptions import Assumption
from circuits.statements.option_marks import PRODUCT_SHAPES, OptionMarks
from circuits.statements.option_marks.cost import marginal_cost
from circuits.statements.option_marks.word_table import word_fields
from circuits.statements.portfolio_margin import Kind, MarginShape
from circuits.statements.portfolio_margin.cost import margin_cost
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from circuits.statements.portfolio_margin.word_table import word_fields as margin_word_fields
from circuits.statements.word_field import WordField
from node.cli.options import AsJson, Capacity, WithGreeks, chosen_shape
from node.cli.output import print_fields, print_json, reporting_errors, table_console
from node.keys import statement_title
from prover import Domain, StatementIdentity, r1cs_digest


class StatementName(StrEnum):
    """The statements."""

    OPTION_MARKS = "option_marks"
    PORTFOLIO_MARGIN = "portfolio_margin"


_COSTS = {
    "option": "constraints per option",
    "group": "constraints per group",
    "leg": "constraints per leg",
    "slices": "constraints of slices",
    "tables": "constraints of tables",
    "once": "constraints once",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    statement: Annotated[StatementName, typer.Argument(help="Which statement.")],
    capacity: Capacity = None,
    greeks: WithGreeks = False,
    kind: Annotated[Kind, typer.Option(help="portfolio_margin: what is shown.")] = Kind.COVERED,
    slots: Annotated[int, typer.Option(help="portfolio_margin: places for legs.")] = 16,
    rows: Annotated[int, typer.Option(help="portfolio_margin: scenario rows.")] = 33,
    as_json: AsJson = False,
) -> None:
    """Show what a statement costs and what it rests on.

    Constraint counts, intervals, assumptions with their must-fail tests, words and who checks them.
    """
    with reporting_errors(as_json):
        if statement is StatementName.PORTFOLIO_MARGIN:
            report = margin_report(PortfolioMargin(MarginShape(kind, slots, rows)))
        else:
            shape = PRODUCT_SHAPES[0] if capacity is None else chosen_shape(capacity)
            report = audit_report(OptionMarks(shape, greeks=greeks))
    if as_json:
        print_json(report)
    else:
        _print(report)


def audit_report(statement: OptionMarks) -> dict[str, Any]:
    """The audit as plain data."""
    cost = marginal_cost(greeks=statement.greeks, profile=statement.profile)
    marginal = {
        "option": round(float(cost.option), 3),
        "group": round(float(cost.group), 3),
        "tables": cost.tables,
        "once": cost.once,
    }
    fields = word_fields(greeks=statement.greeks)
    return _report(statement, marginal, fields)


def margin_report(statement: PortfolioMargin) -> dict[str, Any]:
    """The same for a margin statement."""
    shape = statement.shape
    cost = margin_cost(shape)
    marginal = {
        "leg": round(float(cost.leg), 3),
        "slices": cost.slices,
        "tables": cost.tables,
        "once": cost.once,
    }
    return _report(statement, marginal, margin_word_fields(shape.kind))


def _report(
    statement: OptionMarks | PortfolioMargin,
    marginal: dict[str, Any],
    fields: Sequence[WordField],
) -> dict[str, Any]:
    found = audit_circuit(statement.trace())
    identity = StatementIdentity.of(statement.description)
    return {
        "statement": statement_title(statement),
        "statement_id": f"0x{identity.statement_id.hex()}",
        "r1cs_digest": f"0x{r1cs_digest(statement.r1cs().canonical_bytes()).hex()}",
        "words": identity.word_count,
        "constraints": found.rows,
        "domain_size": Domain.for_rows(found.rows).size,
        "wires": found.wires,
        "marginal": marginal,
        "paths": _paths(found),
        "intervals": [
            {"path": path, "low": str(low), "high": str(high)}
            for path, low, high in found.intervals
        ],
        "assumptions": [_assumption(each) for each in found.assumptions],
        "word_fields": [_field(field) for field in fields],
    }


def _paths(found: Audit) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "constraints": count,
            "lanes": found.lanes[path.split("/", maxsplit=1)[0]],
        }
        for path, count in found.constraints.items()
    ]


def _assumption(assumption: Assumption) -> dict[str, Any]:
    return {
        "path": assumption.path,
        "low": None if assumption.lo is None else str(assumption.lo),
        "high": None if assumption.hi is None else str(assumption.hi),
        "because": assumption.because,
        "must_fail": assumption.must_fail,
    }


def _field(field: WordField) -> dict[str, Any]:
    return dataclasses.asdict(field) | {"relies_on_contract": field.relies_on_contract}


def _print(report: dict[str, Any]) -> None:
    """Tables for people, in the order a reviewer asks."""
    head = ("statement", "statement_id", "r1cs_digest", "words", "constraints", "domain_size")
    wires = {f"wires, {name}": count for name, count in report["wires"].items()}
    marginal = {_COSTS[name]: cost for name, cost in report["marginal"].items()}
    print_fields({name: report[name] for name in head} | wires | marginal)
    _print_table("Constraints of one lane", ("path", "constraints", "lanes"), report["paths"])
    _print_table("Intervals", ("path", "low", "high"), report["intervals"])
    _print_table(
        "Assumptions the types do not carry",
        ("path", "because", "must_fail"),
        report["assumptions"],
    )
    columns = ("word", "field", "bits", "checked_by", "relies_on_contract", "how")
    title = "Words and who checks them; market words are what the oracle's signers signed"
    _print_table(title, columns, report["word_fields"])


def _print_table(title: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    numbers = ("constraints", "lanes", "low", "high", "bits")
    table = Table(title=title, title_justify="left")
    for column in columns:
        justify: Any = "right" if column in numbers else "left"
        table.add_column(column.replace("_", " "), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    table_console().print(table)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)
