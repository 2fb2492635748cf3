"""The crash matrix: the process ends after every thing with an effect.

Each scenario runs once per such point, with a crash there, a restart, and the same ending: every
job final, every slot attested once, nothing paid for twice.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from node.store import Settlement
from tests.node.relay.rig import KEY, Crasher, Rig, SimulatedCrashError

Scenario = Callable[[Rig], None]
RICH = 10**18


def plain(rig: Rig) -> None:
    for _ in range(6):
        rig.step()
        rig.chain.mine()


def stuck(rig: Rig) -> None:
    rig.chain.congested = True
    for _ in range(5):
        rig.step()
        rig.chain.mine()
    rig.chain.congested = False
    plain(rig)


def reorganised(rig: Rig) -> None:
    rig.step()
    rig.chain.mine(2)
    rig.step()
    if len(rig.chain.blocks) > 2:
        rig.chain.reorganise(2, keep=False)
    rig.step()
    plain(rig)


def refused_by_the_pool(rig: Rig) -> None:
    rig.chain.funds = 1
    rig.step()
    rig.chain.funds = RICH
    plain(rig)


def nonce_taken(rig: Rig) -> None:
    rig.step()
    rig.chain.mine_foreign(KEY.address)
    plain(rig)


SCENARIOS = (plain, stuck, reorganised, refused_by_the_pool, nonce_taken)


def add_two(rig: Rig) -> list[str]:
    return [rig.add(subject=1), rig.add(subject=2)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.__name__))
def test_crash_between_every_two_steps(tmp_path: Path, scenario: Scenario) -> None:
    rig = Rig(tmp_path)
    jobs = add_two(rig)
    rig.close()
    template = (tmp_path / "node.sqlite").read_bytes()
    at, crashed = 0, True
    while crashed:
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / "node.sqlite").write_bytes(template)
        crashed = run(folder, scenario, at, jobs)
        at += 1
    assert at > 5


def run(folder: Path, scenario: Scenario, at: int, jobs: list[str]) -> bool:
    """One run with a crash; False when the scenario ended before it."""
    rig = Rig(folder, crasher=Crasher(at))
    try:
        scenario(rig)
        crashed = False
    except SimulatedCrashError:
        crashed = True
    rig.chain.congested = False
    rig.chain.funds = RICH
    rig.crasher = None
    rig.crash()
    rig.settle(40)
    assert [rig.settlement(job) for job in jobs] == [Settlement.FINAL] * 2, f"crash at {at}"
    slots = rig.chain.effects()
    assert len(slots) == len(set(slots)) == 2, f"crash at {at}"
    ours = [tx for tx in rig.chain.mined(KEY.address) if not tx.foreign]
    assert len(ours) == 2, f"crash at {at}: paid for {len(ours)} transactions"
    rig.close()
    return crashed


def test_a_crash_of_the_chain_and_the_node_together(tmp_path: Path) -> None:
    """The node dies after sending, and a re-organisation loses the block meanwhile."""
    rig = Rig(tmp_path)
    job = rig.add()
    rig.step()
    rig.chain.mine(2)
    rig.step()
    rig.store.abandon()
    rig.chain.reorganise(2, keep=False)
    rig.open()
    rig.settle()
    assert rig.settlement(job) is Settlement.FINAL
    assert len(rig.chain.effects()) == 1
    rig.close()
