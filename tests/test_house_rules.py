"""The rules of ARCHITECTURE.md that a machine can count: sizes, doors, words."""

from __future__ import annotations

import ast
import importlib
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("circuits", "prover", "node", "verifier_contracts", "tests")
GENERATED = ("node/pb/",)

#: Files over 300 lines (never over 400) and why.
LONG_FILES: dict[str, str] = {}

#: Functions over 40 lines and why.
LONG_FUNCTIONS: dict[str, str] = {
    "node/store/migrations/versions/m0001_first_schema.py::upgrade": "a list of tables",
}


def python_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [
        name
        for name in listed
        if name.startswith(ROOMS) and not name.startswith(GENERATED) and (ROOT / name).is_file()
    ]


def test_files_are_small() -> None:
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in python_files()}
    too_long = {
        name: length
        for name, length in lengths.items()
        if length > (400 if name in LONG_FILES else 300)
    }
    assert not too_long


def test_functions_are_small() -> None:
    too_long = {}
    for name in python_files():
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                where = f"{name}::{node.name}"
                if length > 40 and where not in LONG_FUNCTIONS:
                    too_long[where] = length
    assert not too_long


@pytest.mark.parametrize("exceptions", [LONG_FILES, LONG_FUNCTIONS])
def test_exceptions_are_still_needed(exceptions: dict[str, str]) -> None:
    for where in exceptions:
        assert (ROOT / where.split("::")[0]).is_file(), f"{where} is gone: drop its exception"


def packages() -> list[str]:
    doors = [name for name in python_files() if name.endswith("/__init__.py")]
    return [
        name.removesuffix("/__init__.py").replace("/", ".")
        for name in doors
        if not name.startswith("tests/")
    ]


@pytest.mark.parametrize("package", packages())
def test_a_door_exports_what_it_imports(package: str) -> None:
    module = importlib.import_module(package)
    source = ast.parse(Path(str(module.__file__)).read_text())
    imported = {
        alias.asname or alias.name
        for node in source.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOMS)
        for alias in node.names
    }
    if "__all__" in vars(module):
        exported = list(module.__all__)
        assert len(exported) == len(set(exported))
        assert all(hasattr(module, name) for name in exported)
        used = {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}
        assert imported - used <= set(exported)


def test_the_repository_speaks_of_the_product_alone() -> None:
    banned = ("/work/", "/tmp/w/", "registry.npmjs" + ".internal", "design/", "reference/gadgets")
    for name in python_files():
        text = (ROOT / name).read_text()
        for word in banned:
            if name != "tests/test_house_rules.py":
                assert word not in text, f"{name} mentions {word}"
