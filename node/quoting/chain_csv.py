"""Reader of chain CSV files: UTF-8 (byte order mark and CRLF accepted), a table of `COLUMNS`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from node.quoting.chain import COLUMNS, Chain, ChainRules, RawOption
from node.quoting.errors import ChainFileError, Fault
from node.quoting.quantise import quantise_chain
from node.quoting.table import parse_table, read_utf8
from node.quoting.underlyings import Underlying


def read_chain(
    path: Path, rules: ChainRules, *, underlyings: Mapping[str, Underlying] | None = None
) -> Chain:
    """The chain of a file; ChainFileError if unreadable, ChainRefusedError with every fault."""
    return parse_chain(read_utf8(path, ChainFileError), rules, underlyings=underlyings)


def parse_chain(
    text: str, rules: ChainRules, *, underlyings: Mapping[str, Underlying] | None = None
) -> Chain:
    """The chain of a CSV text; ChainRefusedError with every fault."""
    rows, faults = parse_rows(text)
    return quantise_chain(rows, rules, underlyings=underlyings, earlier_faults=faults)


def parse_rows(text: str) -> tuple[list[RawOption], list[Fault]]:
    """The rows of a CSV text as they stand, and what is wrong with header and cell counts."""
    rows, faults = parse_table(text, COLUMNS)
    return [RawOption(row.line, *(row.cells[name] for name in COLUMNS)) for row in rows], faults
