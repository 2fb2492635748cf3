"""Where and of what the figures are."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prover import native_status
from tests.prover.interop import snarkjs

_CPU = Path("/proc/cpuinfo")


def machine() -> dict[str, Any]:
    """Processor, cores this process may use, memory."""
    cpu = _cpu_fields()
    return {
        "cpu": cpu.get("model name", platform.processor()),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "ifma": "avx512ifma" in cpu.get("flags", "").split(),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": os.getloadavg()[0],
    }


def versions() -> dict[str, str | None]:
    """Versions of what ran, None for what is not there; the commit with + where files differ."""
    package = snarkjs.NODE_MODULES / "snarkjs" / "package.json"
    commit = _said(["git", "rev-parse", "HEAD"])
    changed = _said(["git", "status", "--porcelain", "--untracked-files=no"])
    return {
        "commit": f"{commit}+" if commit and changed else commit,
        "engine": native_status().message,
        "node": _said(["node", "--version"]),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "rust": _said(["rustc", "--version"]),
        "snarkjs": json.loads(package.read_text())["version"] if package.is_file() else None,
    }


def _cpu_fields() -> dict[str, str]:
    if not _CPU.is_file():
        return {}
    first = _CPU.read_text().split("\n\n", 1)[0].splitlines()
    pairs = (line.partition(":") for line in first)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _said(command: Sequence[str]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
