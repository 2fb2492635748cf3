"""Compile the contracts and write (or check) the committed artifacts.

    python verifier_contracts/scripts/build_artifacts.py [--check]

Needs `npm ci` in verifier_contracts. The output depends on the sources, the lock file and
foundry.toml only: it holds no path of the machine and no time, and building twice gives the same
bytes. With --check nothing is written and the exit status is 1 if a committed file differs from
what the sources give.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOM = Path(__file__).resolve().parent.parent
ARTIFACTS = ROOM / "artifacts"
FORGE = ROOM / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"
CONTRACTS = (
    "AttestationRegistry",
    "CoveredLetters",
    "MarkBoard",
    "MarketOracle",
    "OwnerTimelock",
    "ProofVerifier",
    "SeriesFeed",
    "VerifierRouter",
)
EXAMPLES = {"OptionDesk": "test/examples/OptionDesk.sol", "TestToken": "test/support/TestToken.sol"}
"""Contracts that the demonstrations deploy beside the product's."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description="compile the contracts into artifacts")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    if not FORGE.exists():
        sys.stderr.write("forge is not installed: run `npm ci` in verifier_contracts\n")
        return 2
    built = build()
    if options.check:
        return _check(built)
    for name, text in built.items():
        (ARTIFACTS / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(built)} artifacts\n")
    return 0


def build() -> dict[str, str]:
    """Compile src/ and the examples from scratch; returns the artifacts' text by file name."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(FORGE),
            "build",
            "src",
            *EXAMPLES.values(),
            "--force",
            "--no-cache",
            "--out",
            folder,
        ]
        done = subprocess.run(  # noqa: S603  a fixed command of ours
            command, cwd=ROOM, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SystemExit(f"forge build failed:\n{done.stdout}{done.stderr}")
        return {
            f"{name}.json": _artifact_text(Path(folder), name) for name in (*CONTRACTS, *EXAMPLES)
        }


def _artifact_text(folder: Path, name: str) -> str:
    output = json.loads((folder / f"{name}.sol" / f"{name}.json").read_text(encoding="utf-8"))
    metadata = output["metadata"]
    document = {
        "contractName": name,
        "abi": output["abi"],
        "bytecode": output["bytecode"]["object"],
        "deployedBytecode": output["deployedBytecode"]["object"],
        "immutableReferences": _renumbered(output["deployedBytecode"].get("immutableReferences")),
        "compiler": {
            "version": metadata["compiler"]["version"],
            "settings": metadata["settings"],
        },
        "sources": {path: entry["keccak256"] for path, entry in metadata["sources"].items()},
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _renumbered(references: dict[str, Any] | None) -> dict[str, Any]:
    """Immutables by order of declaration instead of by the compiler's syntax tree ids."""
    ordered = sorted((references or {}).items(), key=lambda item: int(item[0]))
    return {str(number): places for number, (_, places) in enumerate(ordered)}


def _check(built: dict[str, str]) -> int:
    committed = {path.name: path.read_text(encoding="utf-8") for path in ARTIFACTS.glob("*.json")}
    differing = sorted(
        name for name in built.keys() | committed.keys() if built.get(name) != committed.get(name)
    )
    for name in differing:
        sys.stderr.write(f"{name} differs from what the sources give: run `make contracts`\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
