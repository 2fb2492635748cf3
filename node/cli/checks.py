"""What `proofmark doctor` looks at: each check answers ok, warn or fail, and the cure."""

from __future__ import annotations

import importlib
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from eth_hash.auto import keccak

import verifier_contracts
from circuits.functions.tables import TABLE_TAGS, load_table
from circuits.profile import PROFILES
from node.chain import DeploymentsFile, RpcChain
from node.chain.errors import ChainError, ContractMissingError
from node.config import Settings
from node.errors import NodeError
from node.keys import KeyStore
from prover import NativeState, default_engine, native_status

_OLDEST_PYTHON = (3, 11)
_TOOL_SECONDS = 20
_PACKAGE_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Outcome(StrEnum):
    """How a check went; only `FAIL` makes doctor exit with 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One finding, with what to do about it."""

    outcome: Outcome
    name: str
    message: str
    cure: str = ""


def all_checks(settings: Settings, rpc: str | None) -> Iterator[Check]:
    """Every finding, in the order of a start; none raises."""
    checks: list[Callable[[], Iterator[Check]]] = [
        _python,
        _packages,
        _native_engine,
        _tools,
        lambda: _data_directory(settings),
        lambda: _keys(settings),
        _tables,
        _artifacts,
    ]
    if rpc is not None:
        checks.append(lambda: _chain(settings, rpc))
    for check in checks:
        yield from check()


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST_PYTHON:
        yield Check(Outcome.OK, "python", version)
    else:
        yield Check(Outcome.FAIL, "python", version, "install Python 3.11 or newer")


def _packages() -> Iterator[Check]:
    try:
        wanted = metadata.requires("proofmark") or []
    except metadata.PackageNotFoundError:
        yield Check(Outcome.WARN, "packages", "proofmark itself is not installed", "make setup")
        return
    for extra, outcome in (("", Outcome.FAIL), ("demo", Outcome.WARN)):
        names = [_package(line) for line in wanted if _extra(line) == extra]
        missing = [name for name in names if not _is_installed(name)]
        label = f"packages of {extra}" if extra else "packages"
        if missing:
            yield Check(outcome, label, f"missing: {', '.join(missing)}", "make setup")
        else:
            yield Check(Outcome.OK, label, f"{len(names)} installed")


def _native_engine() -> Iterator[Check]:
    status = native_status()
    outcome = Outcome.OK if status.state is NativeState.AVAILABLE else Outcome.WARN
    cure = "" if outcome is Outcome.OK else "make native"
    yield Check(outcome, "engine", f"{default_engine().name} runs; {status.message}", cure)


def _tools() -> Iterator[Check]:
    purposes = {
        "cargo": "builds the native engine",
        "node": "runs the contracts' own tests",
        "npm": "installs forge, anvil and solc",
    }
    for tool, purpose in purposes.items():
        version = _version_of(tool)
        if version is None:
            yield Check(Outcome.WARN, tool, f"missing; it {purpose}", f"install {tool}")
        else:
            yield Check(Outcome.OK, tool, version)


def _data_directory(settings: Settings) -> Iterator[Check]:
    directory = settings.data_directory
    try:
        settings.make_directories()
        probe = directory / ".writable"
        probe.touch()
        probe.unlink()
        mode = stat.S_IMODE(directory.stat().st_mode)
    except (NodeError, OSError) as error:
        cure = "name another one with --data-directory"
        yield Check(Outcome.FAIL, "data directory", f"{directory}: {error}", cure)
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{directory} is open to other users (mode {mode:04o})"
        yield Check(Outcome.WARN, "data directory", message, f"chmod 700 {directory}")
    else:
        yield Check(Outcome.OK, "data directory", str(directory))


def _keys(settings: Settings) -> Iterator[Check]:
    store = KeyStore(settings.keys_directory, test_profiles=True)
    count, unsafe = 0, 0
    for key_id in store.key_ids():
        try:
            key = store.verifying_key_by_id(key_id)
            if store.path_of(key_id).exists():
                store.proving_key_by_id(key_id)
        except NodeError as error:
            yield Check(Outcome.FAIL, "key store", str(error), "proofmark setup")
            continue
        count += 1
        unsafe += key.unsafe_dev
    message = f"sound keys: {count}, unsafe-dev: {unsafe}" if count else "no keys yet"
    yield Check(Outcome.OK, "key store", f"{store.directory}: {message}")


def _tables() -> Iterator[Check]:
    """Tables fit their own headers, and those the recipes of their generator."""
    faults: list[str] = []
    names = [(function, profile) for function in TABLE_TAGS for profile in PROFILES]
    for function, profile in names:
        try:
            load_table(function, profile)
        except (ValueError, KeyError, TypeError, OSError) as error:
            faults.append(str(error))
    faults += _recipe_faults() if not faults else []
    if faults:
        yield Check(Outcome.FAIL, "tables", "; ".join(faults), "make generate, or check out again")
    else:
        yield Check(Outcome.OK, "tables", f"{len(names)} function tables fit their headers")


def _recipe_faults() -> list[str]:
    try:
        generator = importlib.import_module("circuits.functions.generate_tables")
    except ImportError:  # mpmath belongs to the demo extra
        return []
    fields = ("limb_bits", "segment_bits", "degree", "fraction_bits")
    return [
        f"{recipe.function} {recipe.profile}: {field} is {getattr(table, field)},"
        f" expected {getattr(recipe, field)}"
        for recipe in generator.RECIPES
        for table in [load_table(recipe.function, recipe.profile)]
        for field in fields
        if getattr(table, field) != getattr(recipe, field)
    ]


def _artifacts() -> Iterator[Check]:
    try:
        loaded = [verifier_contracts.load(name) for name in verifier_contracts.names()]
    except verifier_contracts.ArtifactError as error:
        yield Check(Outcome.FAIL, "artifacts", str(error), "make contracts, or check out again")
        return
    root = Path(verifier_contracts.__file__).parent
    stale = sorted(
        artifact.name
        for artifact in loaded
        if any(_differs(root / path, digest) for path, digest in artifact.sources.items())
    )
    if stale:
        message = f"built from other sources than those here: {', '.join(stale)}"
        yield Check(Outcome.WARN, "artifacts", message, "make contracts")
    else:
        yield Check(Outcome.OK, "artifacts", f"{len(loaded)} contracts load")


def _chain(settings: Settings, rpc: str) -> Iterator[Check]:
    try:
        chain = RpcChain(rpc)
        chain_id, block = chain.chain_id(), chain.head().number
    except ChainError as error:
        yield Check(Outcome.FAIL, "chain", str(error), "start the node, or correct --rpc")
        return
    yield Check(Outcome.OK, "chain", f"{chain.name}, chain id {chain_id}, block {block:,}")
    try:
        deployment = DeploymentsFile(settings.deployments_file).load(chain_id)
        if deployment is None:
            message = f"none on record for chain {chain_id} in {settings.deployments_file}"
            yield Check(Outcome.WARN, "contracts", message, "proofmark deploy")
            return
        deployment.check(chain)
    except ContractMissingError as error:
        yield Check(Outcome.FAIL, "contracts", str(error), "proofmark deploy, or correct --rpc")
    except ChainError as error:
        yield Check(Outcome.FAIL, "contracts", str(error), "correct or delete the file")
    else:
        count = len(deployment.contracts) + len(deployment.verifiers)
        yield Check(Outcome.OK, "contracts", f"{count} contracts with the code on record")


def _package(requirement: str) -> str:
    found = _PACKAGE_NAME.match(requirement)
    return found.group() if found else requirement


def _extra(requirement: str) -> str:
    found = re.search(r"extra == ['\"]([^'\"]+)['\"]", requirement)
    return found.group(1) if found else ""


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _version_of(tool: str) -> str | None:
    path = shutil.which(tool)
    if path is None:
        return None
    try:
        result = subprocess.run(  # noqa: S603  (a fixed name, found on the PATH)
            [path, "--version"], capture_output=True, text=True, timeout=_TOOL_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip().splitlines()[0] if result.stdout.strip() else "present"


def _differs(path: Path, digest: str) -> bool:
    return path.is_file() and keccak(path.read_bytes()).hex() != digest.removeprefix("0x")
