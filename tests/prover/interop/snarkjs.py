"""Running snarkjs: a development tool from npm, called as a program and never imported."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

NODE_MODULES = Path(__file__).resolve().parents[3] / "verifier_contracts" / "node_modules"
COMMAND = NODE_MODULES / "snarkjs" / "build" / "cli.cjs"
TIMEOUT_SECONDS = 120


def why_missing() -> str | None:
    """Why snarkjs cannot run here, with the cure; None where it can."""
    if shutil.which("node") is None:
        return "node is not installed: no proof is exchanged with snarkjs"
    if not COMMAND.is_file():
        return "snarkjs is not installed: run `npm ci` in verifier_contracts"
    return None


def run(folder: Path, *arguments: str) -> str:
    """Run a command in a folder; RuntimeError with what it said where it fails."""
    done = subprocess.run(
        ["node", str(COMMAND), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"snarkjs {' '.join(arguments)} said:\n{done.stdout}\n{done.stderr}")
    return done.stdout
