"""`proofmark setup`: make development keys, or take keys from elsewhere into the store."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from circuits.statements.option_marks import PRODUCT_SHAPES, OptionMarks
from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    WithGreeks,
    chosen_engine,
    chosen_shape,
    key_store,
    settings_in,
)
from node.cli.output import print_fields, print_json, reporting_errors, sayer, working
from node.keys import KeyEntry, KeyNotFoundError, KeyStore, statement_title
from prover import Engine

_SMALLEST = PRODUCT_SHAPES[0].capacity

UNSAFE = "unsafe-dev: anybody can forge proofs under it; for development chains only"
"""What to say of a development key."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("setup")(setup)


def setup(
    capacity: Annotated[
        list[int] | None,
        typer.Option("--capacity", help="Options the circuit holds; may be repeated. [64]"),
    ] = None,
    greeks: WithGreeks = False,
    imported: Annotated[
        Path | None,
        typer.Option("--import", help="Take a key file into the store instead of making keys."),
    ] = None,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Make the keys of `option_marks` that are missing.

    They are development keys. Keys of `portfolio_margin` are made by `margin prove` when missing.
    """
    shapes = [chosen_shape(each) for each in capacity or [_SMALLEST]]
    with reporting_errors(as_json):
        arithmetic = chosen_engine(engine)
        store = key_store(settings_in(data_directory))
        if imported is not None:
            with working(f"checking every point of {imported}", as_json):
                reports = [_report(store, store.add_file(imported, arithmetic), imported=True)]
        else:
            statements = [OptionMarks(shape, greeks=greeks) for shape in shapes]
            reports = [_ensure(store, each, arithmetic, as_json) for each in statements]
    if as_json:
        print_json(reports)
        return
    for report in reports:
        print_fields(report)


def _ensure(
    store: KeyStore, statement: OptionMarks, engine: Engine, as_json: bool
) -> dict[str, Any]:
    found = store.find(statement)
    if found is not None and found.proving_key_bytes:
        return _report(store, found)
    start = time.perf_counter()
    with working(f"making the key of {statement_title(statement)}, {engine.name} engine", as_json):
        store.ensure_development_key(statement, engine=engine)
    seconds = time.perf_counter() - start
    made = store.find(statement)
    if made is None:
        raise KeyNotFoundError(
            f"the key of {statement_title(statement)} vanished while it was made"
        )
    sayer(as_json)(f"proofmark: the key is {UNSAFE}")
    return _report(store, made, seconds=round(seconds, 3), engine=engine.name)


def _report(store: KeyStore, entry: KeyEntry, **more: Any) -> dict[str, Any]:
    return {
        "key_id": f"0x{entry.key_id.hex()}",
        "statement": statement_title(entry.statement),
        "words": entry.verifying_key.statement.word_count,
        "unsafe_dev": entry.verifying_key.unsafe_dev,
        "proving_key_bytes": entry.proving_key_bytes,
        "file": str(store.path_of(entry.key_id)),
        **more,
    }
