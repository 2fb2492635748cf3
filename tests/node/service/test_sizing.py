"""The size of a proof whose client named none."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuits.profile import R14
from circuits.statements.option_marks import PRODUCT_SHAPES, OptionMarks, Shape
from node.keys import KeyEntry, KeyStore, Statement
from node.proving import ProvedMarks
from node.service.costs import ProvingCosts
from node.service.sizing import Sizing
from node.values import MarksStatement

SMALL, MIDDLE, LARGE = Shape(4), Shape(16), Shape(64)
SHAPES = (SMALL, MIDDLE, LARGE)


class Keys(KeyStore):
    """A store that has the keys of some sizes."""

    def __init__(self, folder: Path, *sizes: Shape, proving_key_bytes: int = 1) -> None:
        super().__init__(folder)
        self.sizes = set(sizes)
        self._bytes = proving_key_bytes

    def find(self, statement: Statement) -> KeyEntry | None:
        assert isinstance(statement, OptionMarks)
        if statement.shape not in self.sizes:
            return None
        return KeyEntry(None, statement, self._bytes)  # type: ignore[arg-type]


def choose(sizing: Sizing, shapes: tuple[Shape, ...] = SHAPES) -> Shape:
    return sizing.choose(MarksStatement.PRICE, shapes, R14.name)


def test_the_smallest_is_chosen_where_its_key_is_there_or_none_is(tmp_path: Path) -> None:
    for keys in (Keys(tmp_path), Keys(tmp_path, SMALL, LARGE), Keys(tmp_path, *SHAPES)):
        assert choose(Sizing(keys, ProvingCosts())) == SMALL
    only_verifying = Keys(tmp_path, MIDDLE, proving_key_bytes=0)
    assert choose(Sizing(only_verifying, ProvingCosts())) == SMALL
    assert choose(Sizing(Keys(tmp_path), ProvingCosts()), (LARGE,)) == LARGE


def test_a_larger_key_at_hand_is_quicker_than_making_one(tmp_path: Path) -> None:
    keys = Keys(tmp_path, MIDDLE, LARGE)
    sizing = Sizing(keys, ProvingCosts())
    assert choose(sizing) == MIDDLE
    keys.sizes.add(SMALL)
    assert choose(sizing) == SMALL


def test_the_key_is_made_when_waiting_without_it_has_cost_as_much(tmp_path: Path) -> None:
    costs = ProvingCosts()
    sizing = Sizing(Keys(tmp_path, MIDDLE), costs)
    small, middle = OptionMarks(SMALL), OptionMarks(MIDDLE)
    extra = costs.proof_seconds(middle) - costs.proof_seconds(small)
    chosen = [choose(sizing) for _ in range(50)]
    borrowed = chosen.index(SMALL)
    assert set(chosen[borrowed:]) == {SMALL}
    assert borrowed * extra < costs.key_seconds(small) <= (borrowed + 1) * extra


def test_a_key_so_large_that_making_one_is_quicker_is_not_used(tmp_path: Path) -> None:
    largest = PRODUCT_SHAPES[-1]
    sizing = Sizing(Keys(tmp_path, largest), ProvingCosts())
    assert choose(sizing, (SMALL, largest)) == SMALL


def test_trouble_with_the_key_store_is_left_to_the_worker(tmp_path: Path) -> None:
    (tmp_path / f"{'00' * 32}.vk.json").write_text("{}")
    assert choose(Sizing(KeyStore(tmp_path), ProvingCosts())) == SMALL


def test_costs_follow_the_jobs() -> None:
    costs, small, large = ProvingCosts(), OptionMarks(SMALL), OptionMarks(LARGE)
    ratio = large.r1cs().row_count / small.r1cs().row_count
    proved = ProvedMarks(b"", b"", b"", b"", 9.0, 0.5, 1.0, 0.5)
    for _ in range(40):
        costs.learn(small, proved)
    assert costs.proof_seconds(small) == pytest.approx(2.0, rel=0.01)
    assert costs.proof_seconds(large) == pytest.approx(2.0 * ratio, rel=0.01)
