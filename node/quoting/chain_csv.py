"""Reader of chain CSV files.

UTF-8 (byte order mark and CRLF accepted), comma separated, one header row, columns in any order and
all required; blank lines and spaces around a value are ignored.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from node.quoting.chain import COLUMNS, Chain, ChainRules, RawOption
from node.quoting.errors import ChainFileError, Fault
from node.quoting.quantise import quantise_chain
from node.quoting.underlyings import Underlying


def read_chain(
    path: Path, rules: ChainRules, *, underlyings: Mapping[str, Underlying] | None = None
) -> Chain:
    """The chain of a file; ChainFileError if unreadable, ChainRefusedError with every fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ChainFileError(f"{path}: {error.strerror or error}; check the path") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ChainFileError(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from error
    return parse_chain(text, rules, underlyings=underlyings)


def parse_chain(
    text: str, rules: ChainRules, *, underlyings: Mapping[str, Underlying] | None = None
) -> Chain:
    """The chain of a CSV text; ChainRefusedError with every fault."""
    rows, faults = parse_rows(text)
    return quantise_chain(rows, rules, underlyings=underlyings, earlier_faults=faults)


def parse_rows(text: str) -> tuple[list[RawOption], list[Fault]]:
    """The rows of a CSV text as they stand, and what is wrong with header and cell counts."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    faults: list[Fault] = []
    rows: list[RawOption] = []
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if any(values) and header is None:
                header = values
                faults += _header_faults(header, line)
            elif any(values) and header is not None:
                rows.append(_row(header, values, line, faults))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(line, "cells", "", f"CSV: {error}", "correct the quoting of the line"))
    if header is None and not faults:
        way_out = "begin the file with the column names"
        faults.append(Fault(1, "header", "", f"the columns {', '.join(COLUMNS)}", way_out))
    return rows, faults


def _header_faults(header: Sequence[str], line: int) -> list[Fault]:
    columns = ", ".join(COLUMNS)
    faults = [
        Fault(line, name, "", f"the columns {columns}", f"add the missing column {name}")
        for name in COLUMNS
        if name not in header
    ]
    for place, name in enumerate(header):
        if name not in COLUMNS:
            way_out = "remove or rename the unknown column"
        elif name in header[:place]:
            way_out = "remove the repeated column"
        else:
            continue
        faults.append(Fault(line, f"column {place + 1}", name, f"the columns {columns}", way_out))
    return faults


def _row(header: Sequence[str], values: Sequence[str], line: int, faults: list[Fault]) -> RawOption:
    """The row; cells beyond or short of the header are one fault, and count as reported."""
    if len(values) != len(header):
        faults.append(
            Fault(
                line,
                "cells",
                str(len(values)),
                f"{len(header)} cells as in the header",
                "add or remove commas",
            )
        )
        return RawOption(line, *[None] * len(COLUMNS))
    cells = dict(zip(reversed(header), reversed(values), strict=True))
    return RawOption(line, *(cells.get(name) for name in COLUMNS))
