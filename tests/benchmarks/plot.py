"""The picture: time and memory against size, ours measured beside what others are quoted with.

`python -m tests.benchmarks.plot RESULTS.json PICTURE.png` draws an earlier run again. Filled
markers on solid lines were measured in the run; hollow ones on dotted lines are quoted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatterMathtext, NullFormatter

from node.benchmark.engine import TOTAL
from tests.benchmarks import peers
from tests.benchmarks.cases import COMMITTED, DENSE, OPTION_MARKS, PLAIN, Record, total_wall

_OURS, _OURS_PORTABLE, _SNARKJS = "#0b5394", "#6fa8dc", "#cc4125"

#: Colour and marker of what is quoted.
_STYLES = {
    "UltraHonk": ("#38761d", "s"),
    "rapidsnark": ("#b45f06", "^"),
    "snarkjs": (_SNARKJS, "v"),
    "ezkl": ("#674ea7", "D"),
}
_OUR_LINES = (
    (False, _OURS, "proofmark"),
    (True, _OURS_PORTABLE, "proofmark without IFMA"),
)
_MIB = 1 << 20

_Points = list[tuple[float, float]]


def draw(document: Record, path: Path) -> None:
    """Draw the records of a run into a picture; the suffix chooses its format."""
    mpl.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure = Figure(figsize=(13.5, 5.6), layout="constrained")
    time_axes, memory_axes, dense_axes = figure.subplots(1, 3)
    records = document["records"]
    _draw_options(time_axes, records, total_wall, lambda point: point.wall_s)
    _draw_options(memory_axes, records, _mib, lambda point: point.peak_mib)
    _draw_dense(dense_axes, records)
    _dress(time_axes, "Option prices: time to prove", "options", "seconds on the wall")
    _dress(memory_axes, "Option prices: memory of the prover", "options", "peak MiB")
    _dress(dense_axes, "Dense system, plain Groth16: CPU to prove", "constraints", "CPU seconds")
    dense_axes.set_xscale("log", base=2)
    dense_axes.xaxis.set_major_formatter(LogFormatterMathtext(base=2))
    figure.suptitle(_caption(document), fontsize=8, color="#444444", x=0.01, ha="left")
    labelled = {
        label: line
        for axes in (time_axes, memory_axes, dense_axes)
        for line, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        labelled.values(), labelled.keys(), loc="outside lower center", ncols=4, frameon=False
    )
    figure.savefig(path, dpi=130)


def _draw_options(
    axes: Axes,
    records: Sequence[Record],
    figure: Callable[[Record], float],
    quoted: Callable[[peers.Point], float],
) -> None:
    wanted = (COMMITTED, OPTION_MARKS)
    committed = [r for r in records if (r["protocol"], r["system"]) == wanted]
    for portable, colour, name in _OUR_LINES:
        ours = [r for r in committed if r["portable"] is portable]
        one = [(r["size"], figure(r)) for r in ours if r["proofs"] == 1]
        several = [(r["size"], figure(r)) for r in ours if r["proofs"] > 1]
        _measured(axes, one, name, colour)
        _measured(axes, several, f"{name}, several proofs", colour, marker="*")
    plain = [r for r in records if (r["system"], r["protocol"]) == (OPTION_MARKS, PLAIN)]
    theirs = [(r["size"], figure({"proving": r["snarkjs"]})) for r in plain if r["snarkjs"]]
    _measured(axes, theirs, "snarkjs, our files", _SNARKJS)
    _quote(axes, peers.OPTIONS, quoted)


def _draw_dense(axes: Axes, records: Sequence[Record]) -> None:
    dense = [r for r in records if (r["system"], r["protocol"]) == (DENSE, PLAIN)]
    for portable, colour, name in _OUR_LINES:
        points = [(r["size"], _cpu(r["proving"])) for r in dense if r["portable"] is portable]
        _measured(axes, points, name, colour)
    theirs = [(r["size"], _cpu(r["snarkjs"])) for r in dense if r["snarkjs"]]
    _measured(axes, theirs, "snarkjs, our files", _SNARKJS)
    _quote(axes, peers.DENSE, lambda point: point.cpu_s)


def _measured(axes: Axes, points: _Points, label: str, colour: str, marker: str = "o") -> None:
    if points:
        across, up = zip(*sorted(points), strict=True)
        size = 11 if marker == "*" else 5
        axes.plot(across, up, marker + "-", color=colour, markersize=size, label=label)


def _quote(axes: Axes, tools: Sequence[peers.Peer], figure: Callable[[peers.Point], float]) -> None:
    for tool in tools:
        colour, marker = _STYLES[tool.name]
        axes.plot(
            [point.size for point in tool.points],
            [figure(point) for point in tool.points],
            marker + ":",
            color=colour,
            markerfacecolor="white",
            markersize=5,
            linewidth=1,
            label=f"{tool.name}, quoted",
        )


def _dress(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(_plainly))
        axis.set_minor_formatter(NullFormatter())


def _caption(document: Record) -> str:
    machine, versions = document["machine"], document["versions"]
    return (
        f"Measured {document['started'][:10]}: {machine['cpu']}, {machine['cores']} cores, "
        f"commit {(versions['commit'] or 'unknown')[:10]}, snarkjs {versions['snarkjs']}; "
        f"medians, every proof verified, witness included (not by snarkjs).\n"
        f"Quoted, not measured in this run: {peers.MEASURED_ON}, {peers.CONDITIONS}; "
        f"ezkl's prices err by 1.5e-2, the others' by 1e-14."
    )


def _plainly(value: float, _: object) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _mib(record: Record) -> float:
    return float(record["proving"]["peak_memory_bytes"] / _MIB)


def _cpu(figures: Record) -> float:
    return float(figures["medians"][TOTAL]["cpu_s"])


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
