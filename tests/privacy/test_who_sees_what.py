"""The table in node/docs/margin.md: every cell that denies something names tests that exist."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from circuits.statements.portfolio_margin import Opening
from node.margin import BookOpening
from node.pb import oracle_service_pb2

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "node" / "docs" / "margin.md"
CELL = re.compile(r"sees|(?:no|only [^\[\]]+) \[([a-z](?:, [a-z])*)\]")
NOTE = re.compile(r"- \[([a-z])\] [^`]+: (`[^`]+`(?:, `[^`]+`)*)")
ROWS, COLUMNS = 10, 10


def table() -> list[list[str]]:
    """Cells of the table, its header and the names of the rows left out."""
    lines = PAGE.read_text("utf-8").partition("## Who sees what")[2].partition("<!-- tests")[0]
    rows = [line.strip("| ").split(" | ") for line in lines.splitlines() if line.startswith("|")]
    return [row[1:] for row in rows[2:]]


def notes() -> dict[str, list[str]]:
    """The tests of each letter."""
    part = PAGE.read_text("utf-8").partition("<!-- tests -->\n")[2].partition("<!-- end of")[0]
    found = [NOTE.fullmatch(line) for line in part.splitlines()]
    assert None not in found, "a line of the list does not read as letter, claim and tests"
    return {note[1]: re.findall("`([^`]+)`", note[2]) for note in found if note is not None}


def letters(cell: str) -> list[str]:
    match = CELL.fullmatch(cell)
    assert match, f"{cell!r}: expected sees, or no or only … with the letters of its tests"
    return match[1].split(", ") if match[1] else []


def declared(path: Path) -> set[str]:
    """Names of the tests in a file of Python or Solidity."""
    text = path.read_text("utf-8")
    if path.suffix == ".sol":
        return set(re.findall(r"^    function (test_\w+)\(", text, re.MULTILINE))
    return {
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_cell_is_answered_and_every_denial_has_tests() -> None:
    rows = table()
    assert [len(row) for row in rows] == [COLUMNS] * ROWS
    named = {letter for row in rows for cell in row for letter in letters(cell)}
    assert named == set(notes())


@pytest.mark.parametrize("test", sorted({test for tests in notes().values() for test in tests}))
def test_every_named_test_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert name in declared(ROOT / path)


@pytest.mark.parametrize("cell", ["no", "only the slots", "sees [a]", "no [A]", "perhaps", ""])
def test_a_cell_that_denies_without_a_test_is_noticed(cell: str) -> None:
    with pytest.raises(AssertionError, match="expected sees"):
        letters(cell)


def test_an_opening_says_nothing_of_what_was_proven() -> None:
    """Neither W, Q, level nor snapshot; `update` counts commitments."""
    fields = [each.name for kind in (BookOpening, Opening) for each in dataclasses.fields(kind)]
    assert fields == ["book", "opening", "update", "group", "account_id", "settled_through", "salt"]


def test_oracle_roles_never_meet_a_book() -> None:
    """Signers and leader read markets: no name of a book is imported, no field carries one."""
    private = {"Book", "Leg", "LinearHoldings", "Opening", "Evidence", "commit", "unpack_book"}
    for path in [*(ROOT / "node" / "oracle").glob("*.py"), ROOT / "node/service/oracle.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("node.margin"), path
                assert not private & {alias.name for alias in node.names}, path
    messages = oracle_service_pb2.DESCRIPTOR.message_types_by_name.values()
    fields = {field.name for message in messages for field in message.fields}
    assert fields
    assert not [name for name in fields if re.search("leg|book|account|commitment|salt", name)]
