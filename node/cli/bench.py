"""`proofmark bench`: what this machine needs for a proof, to size a node's or an owner's."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from node.benchmark import (
    COLD,
    WARM,
    Margins,
    Marks,
    Repeats,
    in_own_process,
    make_key,
    measure_what_if,
    medians_of,
    prove_subject,
)
from node.benchmark.engine import TOTAL, WITNESS
from node.cli.options import AsJson, WithGreeks
from node.cli.output import print_json, table_console, working
from node.keys import shape_of_capacity, statement_title
from node.margin import PRODUCT_SLOTS

_CAPACITIES = (64, 256, 512, 1_024)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench")(bench)


def bench(
    sizes: Annotated[
        list[int] | None,
        typer.Argument(
            help="Options per proof; with --margin, slots for legs.",
            show_default="64 256 512 1024, or 16 32 128",
        ),
    ] = None,
    margin: Annotated[
        bool, typer.Option("--margin", help="Proofs about hidden books, and what-ifs, instead.")
    ] = False,
    greeks: WithGreeks = False,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Proofs to take medians of.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Measure set-up, witness, proof and memory here.

    Each size runs in processes of its own. Keys are made for the purpose and thrown away; the
    key store is not touched.
    """
    if margin and greeks:
        raise typer.BadParameter("a margin has no Greeks", param_hint="--greeks")
    try:
        subjects: list[Marks] | list[Margins] = (
            [Margins(slots) for slots in sizes or PRODUCT_SLOTS]
            if margin
            else [Marks(shape_of_capacity(size).capacity, greeks) for size in sizes or _CAPACITIES]
        )
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="SIZES") from error
    found = []
    for subject in subjects:
        with working(f"measuring {statement_title(subject.statement)}", as_json):
            found.append(_measured(subject, Repeats(runs, runs)))
    if as_json:
        print_json(found)
    else:
        _print(found)


def _measured(subject: Marks | Margins, repeats: Repeats) -> dict[str, Any]:
    figures, seconds = _proven(subject, repeats)
    if isinstance(subject, Marks):
        head = {"capacity": subject.size, "greeks": subject.greeks}
        return head | figures | {"options_per_second": round(subject.size / seconds, 1)}
    medians = medians_of(in_own_process(False, measure_what_if, subject.size, repeats))
    what_ifs = {
        "what_if_seconds": round(medians[WARM].wall_s, 3),
        "cold_what_if_seconds": round(medians[COLD].wall_s, 3),
    }
    return {"slots": subject.size} | figures | what_ifs


def _proven(subject: Marks | Margins, repeats: Repeats) -> tuple[dict[str, Any], float]:
    """The figures of any subject, and the unrounded seconds of witness and proof."""
    with tempfile.TemporaryDirectory(prefix="proofmark-bench-") as folder:
        path = Path(folder) / "key.pk"
        setup = in_own_process(False, make_key, subject, path)
        proving = in_own_process(False, prove_subject, subject, path, repeats)
    medians = proving.medians
    total, witness = medians[TOTAL], medians[WITNESS]
    figures = {
        "engine": proving.engine,
        "constraints": setup.constraints,
        "setup_seconds": round(setup.setup.wall_s, 3),
        "setup_memory_mb": round(setup.peak_memory_bytes / 1e6, 1),
        "key_mb": round(setup.key_bytes / 1e6, 1),
        "key_seconds": round(proving.open.wall_s + proving.load.wall_s, 3),
        "witness_seconds": round(witness.wall_s, 3),
        "proof_seconds": round(total.wall_s - witness.wall_s, 3),
        "cpu_seconds": round(total.cpu_s, 3),
        "prover_memory_mb": round(proving.peak_memory_bytes / 1e6, 1),
    }
    return figures, total.wall_s


def _print(found: list[dict[str, Any]]) -> None:
    columns = [name for name in found[0] if name not in ("greeks", "engine")]
    table = Table(title=f"{found[0]['engine']} engine; cpu is of witness and proof")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for row in found:
        table.add_row(*(f"{row[name]:,}" for name in columns))
    table_console().print(table)
