"""The parent's handle of one worker process: start it, speak with it, notice its death, end it."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from contextlib import suppress
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

    Belongs to one thread, which never waits for the worker to read: a job may be larger than what
    the pipe holds. `threads` bounds the native engine's threads; None: all cores.
    """

    def __init__(self, factory: RecipeFactory, name: str, threads: int | None = None) -> None:
        self._factory = factory
        self._name = name
        self._threads = threads
        self._process: SpawnProcess | None = None
        self._pipe: _Pipe | None = None
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
        self._process, self._pipe = process, _Pipe(ours)
        self.starts += 1

    def send(self, request: Request) -> None:
        """Ask, without waiting; WorkerLostError where the process is known to be gone."""
        if self._pipe is None:
            raise self._lost()
        self._pipe.write(request)

    def receive(self, seconds: float) -> Answer | None:
        """The next answer, None after some seconds; WorkerLostError, and the process is gone."""
        if self._pipe is None:
            raise self._lost()
        try:
            if not self._pipe.connection.poll(seconds):
                return None
            answer: Answer = self._pipe.connection.recv()
        except (EOFError, OSError) as error:
            raise self._lost() from error
        return answer

    def end(self) -> None:
        """Kill the process and free its resources."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join(_END_SECONDS)
            if process.exitcode is not None:
                process.close()
        if pipe is not None:
            pipe.close()

    def _lost(self) -> WorkerLostError:
        process, code = self._process, None
        if process is not None:
            process.join(_END_SECONDS)
            code = process.exitcode
        self.end()
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return WorkerLostError(f"the worker process died ({how})")


class _Pipe:
    """Our end of a pipe: whoever has it reads, a thread of its own writes."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="requests", daemon=True)
        self._writer.start()

    def write(self, request: Request) -> None:
        """After what was to be written before; that nobody reads any more, the reader notices."""
        self._requests.put(request)

    def close(self) -> None:
        """Once the process is gone, which ends any write; never under a writer's hands."""
        self._requests.put(None)
        self._writer.join(_END_SECONDS)
        if not self._writer.is_alive():
            self.connection.close()

    def _write(self) -> None:
        with suppress(OSError):
            while (request := self._requests.get()) is not None:
                self.connection.send(request)
