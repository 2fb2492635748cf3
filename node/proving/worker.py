"""The worker process: one recipe, one job at a time, until the pipe closes.

It ignores the terminal's interrupt (its parent decides) and ends at once when its parent dies, so
that a restarted node does not compete with a forgotten worker.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from node.proving.errors import JobFailedError
from node.proving.ports import ProvedMarks, Recipe, RecipeFactory
from node.values import JobCause, ProvingPhase

_PARENT_GONE = 3


@dataclass(frozen=True)
class Ready:
    """The recipe is made; jobs may come."""


@dataclass(frozen=True)
class Reported:
    """Progress of the job."""

    phase: ProvingPhase
    message: str


@dataclass(frozen=True)
class Finished:
    """The job's proof."""

    proved: ProvedMarks


@dataclass(frozen=True)
class Failed:
    """The job cannot be proven."""

    cause: JobCause
    message: str


Message = Ready | Reported | Finished | Failed


def run_worker(connection: Connection, factory: RecipeFactory) -> None:
    """Entry point of the process: answer payloads until None or the end of the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    recipe = factory()
    connection.send(Ready())
    while (payload := _next(connection)) is not None:
        connection.send(_answer(connection, recipe, payload))


def _next(connection: Connection) -> bytes | None:
    try:
        payload: bytes | None = connection.recv()
    except EOFError:
        return None
    return payload


def _answer(connection: Connection, recipe: Recipe, payload: bytes) -> Message:
    try:
        return Finished(
            recipe.prove(payload, lambda phase, text: connection.send(Reported(phase, text)))
        )
    except JobFailedError as error:
        return Failed(error.cause, error.message)
    except Exception as error:
        # The text might hold inputs; the kind and the place are enough to find the fault.
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
        return Failed(JobCause.INTERNAL, f"the worker raised {type(error).__name__}{place}")


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(_PARENT_GONE)
