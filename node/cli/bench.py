"""`proofmark bench`: what this machine needs for a proof, to size a node with."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from node.benchmark import (
    Marks,
    ProvingFigures,
    Repeats,
    SetupFigures,
    in_own_process,
    make_key,
    prove_marks,
)
from node.benchmark.engine import TOTAL, WITNESS
from node.cli.options import AsJson, WithGreeks
from node.cli.output import print_json, table_console, working
from node.keys import shape_of_capacity

_DEFAULT = (64, 256, 512, 1_024)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench")(bench)


def bench(
    capacities: Annotated[
        list[int] | None,
        typer.Argument(help="Options per proof.", show_default="64 256 512 1024"),
    ] = None,
    greeks: WithGreeks = False,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Proofs to take medians of.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Measure set-up, witness, proof and memory here.

    Each capacity runs in processes of its own. Keys are made for the purpose and thrown away; the
    key store is not touched.
    """
    try:
        shapes = [shape_of_capacity(capacity) for capacity in capacities or _DEFAULT]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="CAPACITIES") from error
    found = []
    for marks in (Marks(shape.capacity, greeks) for shape in shapes):
        with (
            tempfile.TemporaryDirectory(prefix="proofmark-bench-") as folder,
            working(f"measuring {marks.capacity:,} options", as_json),
        ):
            path = Path(folder) / "key.pk"
            setup = in_own_process(False, make_key, marks, path)
            proving = in_own_process(False, prove_marks, marks, path, Repeats(runs, runs))
        found.append(_report(marks, setup, proving))
    if as_json:
        print_json(found)
    else:
        _print(found)


def _report(marks: Marks, setup: SetupFigures, proving: ProvingFigures) -> dict[str, Any]:
    medians = proving.medians
    total, witness = medians[TOTAL], medians[WITNESS]
    return {
        "capacity": marks.capacity,
        "greeks": marks.greeks,
        "engine": proving.engine,
        "constraints": setup.constraints,
        "setup_seconds": round(setup.setup.wall_s, 3),
        "setup_memory_mb": round(setup.peak_memory_bytes / 1e6, 1),
        "key_mb": round(setup.key_bytes / 1e6, 1),
        "key_seconds": round(proving.open.wall_s + proving.load.wall_s, 3),
        "witness_seconds": round(witness.wall_s, 3),
        "proof_seconds": round(total.wall_s - witness.wall_s, 3),
        "cpu_seconds": round(total.cpu_s, 3),
        "options_per_second": round(marks.capacity / total.wall_s, 1),
        "prover_memory_mb": round(proving.peak_memory_bytes / 1e6, 1),
    }


def _print(found: list[dict[str, Any]]) -> None:
    columns = [name for name in found[0] if name not in ("greeks", "engine")]
    table = Table(title=f"{found[0]['engine']} engine; cpu is of witness and proof")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for row in found:
        table.add_row(*(f"{row[name]:,}" for name in columns))
    table_console().print(table)
