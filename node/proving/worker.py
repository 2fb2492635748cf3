"""The worker process: one recipe, two jobs at most, until the pipe closes.

One thread reads the pipe and prepares, the main thread finishes: the witness of one job is made
while the proof of another is. The parent says when a prepared job's proof begins, so that a job
nobody wants any more is not proven.

It ignores the terminal's interrupt (its parent decides) and ends at once when its parent dies, so
that a restarted node does not compete with a forgotten worker.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from node.proving.errors import JobFailedError
from node.proving.ports import ProvedMarks, Recipe, RecipeFactory, Report
from node.values import JobCause, ProvingPhase

_PARENT_GONE = 3
_THREADS_VARIABLE = "RAYON_NUM_THREADS"


@dataclass(frozen=True)
class Prepare:
    """Prepare a job."""

    job_id: str
    payload: bytes


@dataclass(frozen=True)
class Finish:
    """Prove a prepared job."""

    job_id: str


@dataclass(frozen=True)
class Forget:
    """Drop a prepared job."""

    job_id: str


Request = Prepare | Finish | Forget


@dataclass(frozen=True)
class Reported:
    """Progress of a job."""

    job_id: str
    phase: ProvingPhase
    message: str


@dataclass(frozen=True)
class Ready:
    """A job is prepared; its proof may begin."""

    job_id: str


@dataclass(frozen=True)
class Finished:
    """A job's proof."""

    job_id: str
    proved: ProvedMarks


@dataclass(frozen=True)
class Failed:
    """A job cannot be proven."""

    job_id: str
    cause: JobCause
    message: str


Answer = Reported | Ready | Finished | Failed


def run_worker(connection: Connection, factory: RecipeFactory, threads: int | None) -> None:
    """Entry point of the process. `threads` bounds the native engine's; None: all cores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    if threads is not None:
        os.environ[_THREADS_VARIABLE] = str(threads)  # read when the engine first starts threads
    Worker(connection, factory()).run()


class Worker:
    """The two threads and what they hand over."""

    def __init__(self, connection: Connection, recipe: Recipe[Any]) -> None:
        self._connection = connection
        self._recipe = recipe
        self._speaking = threading.Lock()
        self._prepared: dict[str, Any] = {}
        self._to_finish: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def run(self) -> None:
        """Finish what the parent asks for, until the pipe closes."""
        threading.Thread(target=self._read, daemon=True).start()
        while (job_id := self._to_finish.get()) is not None:
            self._finish(job_id)

    def _read(self) -> None:
        try:
            while True:
                self._heed(self._connection.recv())
        except (EOFError, OSError):
            pass  # the parent is done with this worker, or gone
        finally:  # whatever ends this thread ends the process: nobody would heed the parent
            self._to_finish.put(None)

    def _heed(self, request: Request) -> None:
        if isinstance(request, Prepare):
            self._prepare(request)
        elif isinstance(request, Finish):
            self._to_finish.put(request.job_id)
        else:
            self._prepared.pop(request.job_id, None)

    def _prepare(self, request: Prepare) -> None:
        def prepare() -> Answer:
            report = self._reporter(request.job_id)
            self._prepared[request.job_id] = self._recipe.prepare(request.payload, report)
            return Ready(request.job_id)

        self._say(_answer(request.job_id, prepare))

    def _finish(self, job_id: str) -> None:
        def finish() -> Answer:
            prepared = self._prepared.pop(job_id)
            return Finished(job_id, self._recipe.finish(prepared, self._reporter(job_id)))

        self._say(_answer(job_id, finish))

    def _reporter(self, job_id: str) -> Report:
        return lambda phase, text: self._say(Reported(job_id, phase, text))

    def _say(self, answer: Answer) -> None:
        with self._speaking:
            self._connection.send(answer)


def _answer(job_id: str, make: Callable[[], Answer]) -> Answer:
    try:
        return make()
    except JobFailedError as error:
        return Failed(job_id, error.cause, error.message)
    except Exception as error:
        # The text might hold inputs; the kind and the place are enough to find the fault.
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
        return Failed(job_id, JobCause.INTERNAL, f"the worker raised {type(error).__name__}{place}")


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(_PARENT_GONE)
