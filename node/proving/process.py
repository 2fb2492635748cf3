"""The parent's handle of one worker process: start it, ask it, notice its death, kill it."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from node.proving.errors import (
    InterruptedProofError,
    JobFailedError,
    WorkerLostError,
    WorkerTimeoutError,
)
from node.proving.ports import ProvedMarks, RecipeFactory, Report
from node.proving.worker import Failed, Finished, Message, Reported, run_worker

_POLL_SECONDS = 0.1
_END_SECONDS = 2.0

#: Spawned, never forked: the node has threads (gRPC's among them), and a fork of those may hang.
_CONTEXT = multiprocessing.get_context("spawn")


class WorkerProcess:
    """One worker process, started when first asked and again after it died.

    Belongs to one thread, but for `kill`, which any thread may call.
    """

    def __init__(self, factory: RecipeFactory, name: str) -> None:
        self._factory = factory
        self._name = name
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
            target=run_worker, args=(theirs, self._factory), name=self._name, daemon=True
        )
        process.start()
        theirs.close()  # so that the end of the worker is the end of the pipe
        self._process, self._connection = process, ours
        self.starts += 1

    def prove(
        self,
        payload: bytes,
        *,
        report: Report,
        timeout_seconds: float,
        stopping: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> ProvedMarks:
        """The proof; raises JobFailedError, WorkerLostError, WorkerTimeoutError or
        InterruptedProofError. After the last three the process is gone.
        """
        self.ensure_started()
        ends = clock() + timeout_seconds
        self._send(payload)
        while True:
            if stopping.is_set():
                self.end()
                raise InterruptedProofError("the node is stopping")
            if clock() > ends:
                self.end()
                raise WorkerTimeoutError(f"no proof after {timeout_seconds:g} s")
            message = self._receive()
            if isinstance(message, Finished):
                return message.proved
            if isinstance(message, Failed):
                raise JobFailedError(message.cause, message.message)
            if isinstance(message, Reported):
                report(message.phase, message.message)

    def kill(self) -> None:
        """Kill the process at once; its owner sees WorkerLostError."""
        process = self._process
        if process is not None and process.is_alive():
            process.kill()

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

    def _send(self, payload: bytes) -> None:
        try:
            self._pipe().send(payload)
        except OSError as error:
            raise self._lost() from error

    def _receive(self) -> Message | None:
        """The next message, or None after a short while without one."""
        try:
            if not self._pipe().poll(_POLL_SECONDS):
                return None
            message: Message = self._pipe().recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return message

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
