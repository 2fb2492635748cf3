"""The table of attacks in verifier_contracts/test/README.md against tests and twins."""

from __future__ import annotations

import re
from pathlib import Path

from tests.contracts import forge

TESTS = forge.ROOM / "test"
TABLE = (TESTS / "README.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if line.startswith("| ") and not line.startswith(("| attack", "| ---"))
]
_NAME = re.compile(r"`(\w+)\.(\w+)`")
_HOLES = re.compile(r"enum Hole \{([^}]*)\}")


def holes(twin: Path) -> list[str]:
    """The holes of a twin, without None."""
    (body,) = _HOLES.findall(twin.read_text(encoding="utf-8"))
    return [hole.strip() for hole in body.split(",") if hole.strip() != "None"]


TWINS = {path.stem: holes(path) for path in sorted((TESTS / "twins").glob("*.sol"))}
BODIES = {
    f"{test.suite.split(':')[1]}.{test.name}": body
    for test in forge.declared_tests()
    for body in re.findall(
        rf"^    function {test.name}\(.*?^    }}$",
        (forge.ROOM / test.suite.split(":")[0]).read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
}


def test_every_row_names_a_test_and_its_twins() -> None:
    assert len(ROWS) > 40
    for attack, tests, twins in ROWS:
        assert _NAME.findall(tests), attack
        assert _NAME.findall(twins) or "the same board" in twins, attack


def test_named_tests_exist_and_open_the_named_holes() -> None:
    for attack, tests, twins in ROWS:
        names = [".".join(each) for each in _NAME.findall(tests + twins)]
        named = [name for name in names if ".test_" in name]
        assert not set(named) - set(BODIES), attack
        opened = "".join(BODIES[name] for name in named)
        for name in set(names) - set(named):
            twin, hole = name.split(".")
            assert hole in TWINS[twin], attack
            assert re.search(rf"\bHole\.{hole}\b", opened), f"{attack}: {name}"


def test_no_hole_is_left_without_a_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("*.t.sol"))
    unused = [
        f"{twin}.{hole}"
        for twin, found in TWINS.items()
        for hole in found
        if f"{twin}.Hole.{hole}" not in text
    ]
    assert not unused
