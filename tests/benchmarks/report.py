"""The tables on the terminal; `python -m tests.benchmarks.report FILE` prints an earlier run's."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from node.benchmark import COLD, WARM
from node.benchmark.engine import PHASES, TOTAL
from tests.benchmarks.bars import Verdict, cpu_ratio, verdicts
from tests.benchmarks.cases import (
    COMMITTED,
    MARGINS,
    OPTION_MARKS,
    PLAIN,
    WHAT_IF,
    Record,
    total_wall,
)

_MS = 1_000
_MB = 1e6

_Column = tuple[str, Callable[[Record], str]]


def report(document: Record) -> str:
    """Everything that was measured, for a terminal some 200 columns wide."""
    records: list[Record] = document["records"]
    marks, margins = (_committed(records, system) for system in (OPTION_MARKS, MARGINS))
    what_ifs = [record for record in records if record["system"] == WHAT_IF]
    plain = [record for record in records if record["protocol"] == PLAIN]
    parts = [
        _origin(document),
        table("option_marks, with the committed round", _marks_columns(marks), marks),
        table("portfolio_margin, covered, 33 scenarios", _margin_columns(margins), margins),
        table("what-if, 33 scenarios, ms: the book's sheet was kept, or not", _WHAT_IF, what_ifs),
        table("plain Groth16 on iden3's files", _plain_columns(plain), plain),
        bars_table(verdicts(records)),
    ]
    return "\n\n".join(part for part in parts if part)


def table(title: str, columns: Sequence[_Column], records: Sequence[Record]) -> str:
    """Right-aligned columns under a title; empty without records."""
    if not records:
        return ""
    rows = [[name for name, _ in columns]]
    rows += [[cell(record) for _, cell in columns] for record in records]
    return title + "\n" + _aligned(rows, left=(1,))


def bars_table(found: Sequence[Verdict]) -> str:
    """The bars with their figures."""
    rows = [["", "measured", "bar", ""]]
    for verdict in found:
        bar = verdict.bar
        limit = f"{'<=' if bar.at_most else '>='} {bar.limit:,g} {bar.unit}"
        limit += f" (stretch {bar.stretch:g})" if bar.stretch is not None else ""
        value = "" if verdict.value is None else f"{number(verdict.value)} {bar.unit}"
        rows.append([bar.name, value, limit, verdict.word])
    return "bars\n" + _aligned(rows, left=(0, 3))


def number(value: float) -> str:
    """Three significant digits, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def _origin(document: Record) -> str:
    machine, versions = document["machine"], document["versions"]
    ifma = "with" if machine["ifma"] else "without"
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {ifma} AVX-512 IFMA; "
        f"Python {versions['python']}, {versions['rust']}, snarkjs {versions['snarkjs']}, "
        f"node {versions['node']}; commit {versions['commit']}\n"
        f"medians of {document['plan']['runs']} runs at the bars' sizes, at least two elsewhere; "
        f"phases in ms on the wall; every proof verified"
    )


def _committed(records: Sequence[Record], system: str) -> list[Record]:
    return [r for r in records if (r["protocol"], r["system"]) == (COMMITTED, system)]


def _marks_columns(records: Sequence[Record]) -> list[_Column]:
    return [
        ("options", _size),
        ("", _variant),
        *_proof_columns(records),
        ("options/s", lambda r: number(r["size"] / total_wall(r))),
        *_key_columns(),
    ]


def _margin_columns(records: Sequence[Record]) -> list[_Column]:
    return [("legs", _size), ("", _variant), *_proof_columns(records), *_key_columns()]


def _plain_columns(records: Sequence[Record]) -> list[_Column]:
    return [
        ("size", _size),
        ("", lambda r: ", ".join(filter(None, (r["system"], _variant(r))))),
        *_proof_columns(records),
        *_key_columns(),
        ("process s", lambda r: _process(r["command"], "wall_s")),
        ("process CPU", lambda r: _process(r["command"], "cpu_s")),
        ("snarkjs s", lambda r: _process(r["snarkjs"], "wall_s")),
        ("snarkjs CPU", lambda r: _process(r["snarkjs"], "cpu_s")),
        (
            "snarkjs MB",
            lambda r: number(r["snarkjs"]["peak_memory_bytes"] / _MB) if r["snarkjs"] else "",
        ),
        ("CPU ratio", _ratio),
        ("process ratio", _ratio_of_processes),
    ]


def _proof_columns(records: Sequence[Record]) -> list[_Column]:
    return [
        ("rows", lambda r: f"{r['constraints']:,}"),
        *_phase_columns(records),
        ("wall s", lambda r: number(total_wall(r))),
        ("CPU s", lambda r: number(r["proving"]["medians"][TOTAL]["cpu_s"])),
        ("peak MB", _peak),
    ]


def _phase_columns(records: Sequence[Record]) -> list[_Column]:
    """The usual phases of such records, then an engine's own, merged ones among them."""
    names = PHASES if records and _has_round(records[0]) else PHASES[2:]
    found = {name: None for record in records for name in record["proving"]["medians"]}
    others = [name for name in found if name not in (*PHASES, TOTAL)]
    return [_phase_column(name) for name in (*names, *others)]


def _phase_column(name: str) -> _Column:
    return name.replace("msm_", ""), lambda record: _phase(record, name)


def _key_columns() -> list[_Column]:
    return [
        ("key MB", lambda r: number(r["setup"]["key_bytes"] / _MB)),
        ("open", lambda r: number(r["proving"]["open"]["wall_s"] * _MS)),
        ("load", lambda r: number(r["proving"]["load"]["wall_s"] * _MS)),
        ("verify", lambda r: number(r["proving"]["verify_median"]["wall_s"] * _MS)),
        ("set-up s", lambda r: number(r["setup"]["setup"]["wall_s"])),
        ("set-up MB", lambda r: number(r["setup"]["peak_memory_bytes"] / _MB)),
    ]


def _has_round(record: Record) -> bool:
    return bool(record["protocol"] == COMMITTED)


def _size(record: Record) -> str:
    return f"{record['size']:,}"


def _variant(record: Record) -> str:
    parts = (
        "Greeks" if record["greeks"] else "",
        f"{record['proofs']} proofs" if record["proofs"] > 1 else "",
        "no IFMA" if record["portable"] else "",
    )
    return ", ".join(filter(None, parts))


def _phase(record: Record, name: str) -> str:
    span = record["proving"]["medians"].get(name)
    return number(span["wall_s"] * _MS) if span else ""


def _peak(record: Record) -> str:
    return number(record["proving"]["peak_memory_bytes"] / _MB)


def _process(process: Record | None, key: str) -> str:
    return "" if process is None else number(process["medians"][TOTAL][key])


def _ratio(record: Record) -> str:
    ratio = cpu_ratio(record)
    return "" if ratio is None else f"{ratio:.1f}x"


def _ratio_of_processes(record: Record) -> str:
    ours, theirs = record["command"], record["snarkjs"]
    if ours is None or theirs is None:
        return ""
    return f"{theirs['medians'][TOTAL]['cpu_s'] / ours['medians'][TOTAL]['cpu_s']:.1f}x"


def _median_ms(name: str) -> Callable[[Record], str]:
    return lambda record: number(record["medians"][name]["wall_s"] * _MS)


_WHAT_IF: list[_Column] = [
    ("legs", _size),
    ("", lambda _: ""),
    (WARM, _median_ms(WARM)),
    (COLD, _median_ms(COLD)),
]


def _aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = ()) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    print(report(json.loads(Path(sys.argv[1]).read_text())))
