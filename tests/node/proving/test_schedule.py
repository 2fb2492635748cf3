"""Whose turn it is, and a simulation that compares it with the order of arrival."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from node.proving.schedule import NEAR_SECONDS, PATIENCE, WaitingJob, next_job

SECONDS = {64: 0.12, 256: 0.17, 1024: 0.35, 4096: 1.1}
"""Of one proof on two cores, by options."""

Rule = Callable[[Sequence[WaitingJob]], WaitingJob]


def first_come(waiting: Sequence[WaitingJob]) -> WaitingJob:
    return waiting[0]


def shortest(waiting: Sequence[WaitingJob]) -> WaitingJob:
    return min(waiting, key=lambda job: job.expected_seconds)


def waiting(name: str, waited: float, options: int, deadline: float | None = None) -> WaitingJob:
    return WaitingJob(name, waited, SECONDS[options], deadline)


def test_equal_jobs_go_by_age_and_the_first_wins_a_tie() -> None:
    jobs = [waiting("a", 2, 64), waiting("b", 3, 64), waiting("c", 3, 64)]
    assert next_job(jobs).job_id == "b"


def test_a_short_job_overtakes_a_long_one_unless_it_came_much_later() -> None:
    later = PATIENCE * (SECONDS[4096] - SECONDS[64])
    long = waiting("long", 20, 4096)
    assert next_job([long, waiting("short", 20 - later + 0.01, 64)]).job_id == "short"
    assert next_job([long, waiting("short", 20 - later - 0.01, 64)]).job_id == "long"


def test_near_deadlines_go_before_everything_and_by_nearness() -> None:
    old = waiting("old", 1_000, 64)
    far = waiting("far", 0, 64, NEAR_SECONDS + 1)
    near, nearer = waiting("near", 0, 4096, NEAR_SECONDS), waiting("nearer", 0, 4096, 1)
    assert next_job([old, far, near, nearer]).job_id == "nearer"
    assert next_job([old, far, near]).job_id == "near"
    assert next_job([old, far]).job_id == "old"


@dataclass(frozen=True)
class Arrival:
    at: float
    options: int


def delays(arrivals: Sequence[Arrival], rule: Rule) -> list[float]:
    """Seconds from submission to the begin of the proof, by arrival, on one worker."""
    began: dict[int, float] = {}
    now, coming = 0.0, 0
    while len(began) < len(arrivals):
        while coming < len(arrivals) and arrivals[coming].at <= now:
            coming += 1
        queue = [number for number in range(coming) if number not in began]
        if not queue:
            now = arrivals[coming].at
            continue
        chosen = int(
            rule(
                [
                    WaitingJob(str(n), now - arrivals[n].at, SECONDS[arrivals[n].options])
                    for n in queue
                ]
            ).job_id
        )
        began[chosen] = now
        now += SECONDS[arrivals[chosen].options]
    return [began[number] - arrival.at for number, arrival in enumerate(arrivals)]


def traffic(seed: int, load: float, count: int = 600) -> list[Arrival]:
    """Random arrivals, most of them small, that keep a worker busy for this part of the time."""
    chance = random.Random(seed)
    sizes = chance.choices([64, 256, 1024, 4096], [80, 10, 7, 3], k=count)
    rate = load / fmean(SECONDS[options] for options in sizes)
    arrivals: list[Arrival] = []
    at = 0.0
    for options in sizes:
        at += chance.expovariate(rate)
        arrivals.append(Arrival(at, options))
    return arrivals


def test_sixty_small_jobs_do_not_wait_for_a_large_one() -> None:
    large, small = Arrival(0.05, 4096), Arrival(0.06, 64)
    arrivals = [Arrival(0.0, 64), large, *[small] * 60]  # the first one occupies the worker
    ours, theirs = delays(arrivals, next_job), delays(arrivals, first_come)
    assert fmean(ours[2:]) < fmean(theirs[2:]) - 0.9 * SECONDS[4096]
    assert ours[1] <= 61 * SECONDS[64]


def test_waiting_is_shorter_on_average_and_bounded_at_worst() -> None:
    """Mean and worst against the order of arrival; the shortest first has no such bound."""
    for load in (0.7, 0.9, 1.1):
        means = []
        for seed in range(5):
            arrivals = traffic(seed, load)
            ours, theirs = delays(arrivals, next_job), delays(arrivals, first_come)
            means.append(fmean(ours) / fmean(theirs))
            assert max(ours) <= max(theirs) + PATIENCE * SECONDS[4096]
        assert fmean(means) < 0.75, (load, means)


def test_a_large_job_does_not_starve_where_the_shortest_first_would_let_it() -> None:
    """More small jobs than one worker can prove, for two minutes."""
    arrivals = [Arrival(0.1 * n, 64) for n in range(1_200)]
    arrivals.insert(10, Arrival(0.95, 4096))
    ours, theirs = delays(arrivals, next_job), delays(arrivals, shortest)
    assert theirs[10] > 120
    assert ours[10] < 25
