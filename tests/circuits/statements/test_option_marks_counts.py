"""The constraint budget: the committed snapshot, and the bars that the README promises.

`PYTHONPATH=. python -m tests.circuits.statements.test_option_marks_counts` rewrites the snapshot.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from circuits.profile import R6, R14, Profile
from circuits.r1cs import R1CS, Constraint
from circuits.statements.option_marks import OptionMarks, Shape

SNAPSHOT = Path(__file__).parents[2] / "snapshots" / "constraints.json"

MODES = {"price": False, "price_and_greeks": True}
PROFILES = {profile.name: profile for profile in (R6, R14)}

#: Constraints for each further option, then for each further group, all tables, everything else.
BARS = {"price": 65, "price_and_greeks": 141}
GROUP_BARS = {"price": 37, "price_and_greeks": 87}
TABLES_BAR = 25_000
ONCE_BAR = 300

#: Options of a product shape, prices alone -> the least domain 2^k or 3 * 2^k that holds it.
DOMAINS = {64: 1 << 15, 256: 3 << 14, 512: 1 << 16, 1024: 3 << 15, 4096: 3 << 17}


def rows(profile: Profile, greeks: bool, groups: int, lanes: int) -> int:
    return OptionMarks(Shape(groups, lanes), profile, greeks).r1cs().row_count


def counts(profile: Profile, greeks: bool) -> dict[str, Any]:
    """Marginal counts, as differences between whole circuits (their words included)."""
    base = rows(profile, greeks, 1, 1)
    twelve_more = rows(profile, greeks, 1, 13) - base
    same_options = rows(profile, greeks, 2, 6) - rows(profile, greeks, 1, 12)
    r1cs = OptionMarks(Shape(1, 12), profile, greeks).r1cs()
    tables = sum(
        len(block.constraints) * block.lanes
        for block in r1cs.blocks
        if block.name == "range" or block.name.endswith(profile.name.lower())
    )
    return {
        "per_option": twelve_more / 12,
        "per_group": same_options,
        "tables": tables,
        "once": rows(profile, greeks, 1, 12) - twelve_more - same_options - tables,
        "by_path": by_path(r1cs),
    }


def by_path(r1cs: R1CS) -> dict[str, int]:
    """Template constraints by block and the first two parts of their paths."""
    found: Counter[str] = Counter()
    for block in r1cs.blocks:
        for constraint in block.constraints:
            found[f"{block.name}: {_head(constraint)}"] += 1
    return dict(sorted(found.items()))


def _head(constraint: Constraint) -> str:
    return "/".join(constraint.path.split("/")[:2])


def snapshot() -> dict[str, Any]:
    return {
        name: {mode: counts(profile, greeks) for mode, greeks in MODES.items()}
        for name, profile in PROFILES.items()
    }


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("mode", MODES)
def test_the_counts_are_those_of_the_snapshot(profile: str, mode: str) -> None:
    expected = json.loads(SNAPSHOT.read_text(encoding="ascii"))[profile][mode]
    assert counts(PROFILES[profile], MODES[mode]) == expected


@pytest.mark.parametrize("mode", MODES)
def test_the_counts_are_within_their_bars(mode: str) -> None:
    found = counts(R14, MODES[mode])
    assert found["per_option"] <= BARS[mode]
    assert found["tables"] <= TABLES_BAR
    assert found["once"] <= ONCE_BAR
    assert found["per_group"] <= GROUP_BARS[mode]


@pytest.mark.parametrize("options", DOMAINS)
def test_the_product_shapes_fit_their_domains(options: int) -> None:
    assert rows(R14, False, options // 16, 16) <= DOMAINS[options]


def test_the_test_profile_stays_within_the_reference_engine() -> None:
    """At most 600 table rows besides the range table (tens of milliseconds a constraint)."""
    r1cs = OptionMarks(Shape(1, 1), R6).r1cs()
    row_tables = [block.lanes for block in r1cs.blocks if block.name.endswith("_r6")]
    assert sum(row_tables) <= 600


if __name__ == "__main__":
    whole = json.loads(SNAPSHOT.read_text(encoding="ascii")) | snapshot()
    SNAPSHOT.write_text(json.dumps(whole, indent=1) + "\n", encoding="ascii")
