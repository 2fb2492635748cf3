"""Processes of their own: what was measured before leaves no trace in memory or caches."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

_PORTABLE = "PROOFMARK_PORTABLE"
_STATUS = Path("/proc/self/status")

_P = ParamSpec("_P")
_Result = TypeVar("_Result")


def in_own_process(
    portable: bool, function: Callable[_P, _Result], *args: _P.args, **kwargs: _P.kwargs
) -> _Result:
    """The result of a module's function, called in a fresh interpreter; its errors are raised.

    `portable` does without the vector instructions of this machine (DECISIONS.md, 17).
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, _choose_instructions, (portable,)) as pool:
        return pool.submit(function, *args, **kwargs).result()


def peak_memory_bytes() -> int:
    """The most memory this process has held, pages of mapped files included.

    Linux counts it for the program itself; `getrusage` would start from the parent's.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _choose_instructions(portable: bool) -> None:
    """Before the first use of the engine, which decides once."""
    os.environ.pop(_PORTABLE, None)
    if portable:
        os.environ[_PORTABLE] = "1"
