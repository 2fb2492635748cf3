"""CSV tables as text: comma separated, one header row, columns in any order and all required.

Blank lines and spaces around a value are ignored.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from node.quoting.errors import Fault, QuoteError


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line by column; None for a cell whose absence has been reported."""

    line: int
    cells: Mapping[str, str | None]


def read_utf8(path: Path, error: type[QuoteError]) -> str:
    """The text of a file, byte order mark accepted; `error` says what cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise error(f"{path}: {reason.strerror or reason}; check the path") from reason
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise error(f"{path}: byte {reason.start} is not UTF-8; save the file as UTF-8") from reason


def parse_table(text: str, columns: Sequence[str]) -> tuple[list[TableRow], list[Fault]]:
    """The rows of a CSV text as they stand, and what is wrong with header and cell counts."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    faults: list[Fault] = []
    rows: list[TableRow] = []
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if any(values) and header is None:
                header = values
                faults += _header_faults(header, line, columns)
            elif any(values) and header is not None:
                rows.append(_row(header, values, line, columns, faults))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(line, "cells", "", f"CSV: {error}", "correct the quoting of the line"))
    if header is None and not faults:
        way_out = "begin the file with the column names"
        faults.append(Fault(1, "header", "", f"the columns {', '.join(columns)}", way_out))
    return rows, faults


def _header_faults(header: Sequence[str], line: int, columns: Sequence[str]) -> list[Fault]:
    named = ", ".join(columns)
    faults = [
        Fault(line, name, "", f"the columns {named}", f"add the missing column {name}")
        for name in columns
        if name not in header
    ]
    for place, name in enumerate(header):
        if name not in columns:
            way_out = "remove or rename the unknown column"
        elif name in header[:place]:
            way_out = "remove the repeated column"
        else:
            continue
        faults.append(Fault(line, f"column {place + 1}", name, f"the columns {named}", way_out))
    return faults


def _row(
    header: Sequence[str],
    values: Sequence[str],
    line: int,
    columns: Sequence[str],
    faults: list[Fault],
) -> TableRow:
    """The row; cells beyond or short of the header are one fault, and count as reported."""
    if len(values) != len(header):
        expected = f"{len(header)} cells as in the header"
        faults.append(Fault(line, "cells", str(len(values)), expected, "add or remove commas"))
        return TableRow(line, dict.fromkeys(columns))
    cells = dict(zip(reversed(header), reversed(values), strict=True))
    return TableRow(line, {name: cells.get(name) for name in columns})
