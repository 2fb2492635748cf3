"""The parent's handle of one worker process: start it, speak with it, notice its death, end it."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from node.proving.errors import WorkerLostError
from node.proving.ports import RecipeFactory
from node.proving.worker import Answer, Request, run_worker

_END_SECONDS = 2.0

#: Spawned, never forked: the node has threads (gRPC's among them), and a fork of those may hang.
_CONTEXT = multiprocessing.get_context("spawn")


class WorkerProcess:
    """One worker process, started when first asked and again after it died.

    Belongs to one thread. `threads` bounds the native engine's threads; None: all cores.
    """

    def __init__(self, factory: RecipeFactory, name: str, threads: int | None = None) -> None:
        self._factory = factory
        self._name = name
        self._threads = threads
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def ensure_started(self) -> None:
        """Start the process unless it runs; does not wait until it is ready."""
        if self._process is not None and self._process.is_alive():
            return
        self.end()
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(
            target=run_worker,
            args=(theirs, self._factory, self._threads),
            name=self._name,
            daemon=True,
        )
        process.start()
        theirs.close()  # so that the end of the worker is the end of the pipe
        self._process, self._connection = process, ours
        self.starts += 1

    def send(self, request: Request) -> None:
        """Ask; WorkerLostError, and the process is gone."""
        try:
            self._pipe().send(request)
        except OSError as error:
            raise self._lost() from error

    def receive(self, seconds: float) -> Answer | None:
        """The next answer, None after some seconds without one; WorkerLostError as in `send`."""
        try:
            if not self._pipe().poll(seconds):
                return None
            answer: Answer = self._pipe().recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return answer

    def end(self) -> None:
        """Kill the process and free its resources."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join(_END_SECONDS)
            if process.exitcode is not None:
                process.close()

    def _pipe(self) -> Connection:
        if self._connection is None:
            raise self._lost()
        return self._connection

    def _lost(self) -> WorkerLostError:
        process, code = self._process, None
        if process is not None:
            process.join(_END_SECONDS)
            code = process.exitcode
        self.end()
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return WorkerLostError(f"the worker process died ({how})")
