"""The client apart from the methods' answers: restarts, retries, unsendable values, asyncio."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType

import pytest
import structlog

import node.client
from node import values
from node.client import (
    AsyncClient,
    Chain,
    Client,
    InvalidRequestError,
    InvalidValueError,
    Job,
    NotFoundError,
    UnavailableError,
    WaitTimeoutError,
    wire,
)
from node.rpc import PricingServer
from tests.node.rpc.chains import OPTION, chain
from tests.node.rpc.conftest import LIMITS
from tests.node.rpc.fakes import FakeNode


@pytest.fixture(autouse=True)
def _quiet_log() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def fake() -> FakeNode:
    return FakeNode()


@pytest.fixture
def start(fake: FakeNode) -> Iterator[Callable[[str], PricingServer]]:
    running: list[PricingServer] = []

    def run(address: str) -> PricingServer:
        server = PricingServer(fake.rooms, address=address, limits=LIMITS)
        server.start()
        running.append(server)
        return server

    yield run
    for server in running:
        server.stop()


Start = Callable[[str], PricingServer]


def test_wait_survives_a_restart(fake: FakeNode, start: Start) -> None:
    server = start("127.0.0.1:0")
    seen: list[Job] = []
    with Client(server.address, timeout_seconds=5) as client:
        job = client.submit_marks(chain(1))
        first = threading.Event()

        def wait() -> None:
            def until(state: Job) -> bool:
                first.set()
                return state.done

            seen.append(client.wait(job.job_id, until=until, timeout_seconds=20))

        waiter = threading.Thread(target=wait)
        waiter.start()
        assert first.wait(5)
        server.stop()
        fake.jobs.move(job.job_id, values.ProvingState.PROVING)
        time.sleep(0.3)
        start(server.address)
        fake.jobs.prove_and_settle(job.job_id)
        waiter.join(15)
    assert not waiter.is_alive()
    assert seen[0].succeeded


def test_a_call_during_a_restart_is_retried(start: Start) -> None:
    server = start("127.0.0.1:0")
    with Client(server.address, timeout_seconds=10) as client:
        job = client.submit_marks(chain(1))
        server.stop()
        later = threading.Timer(0.4, start, args=(server.address,))
        later.start()
        assert client.get_job(job.job_id).job_id == job.job_id
        later.join()


def test_a_retried_submit_makes_one_job(fake: FakeNode, start: Start) -> None:
    server = start("127.0.0.1:0")
    with Client(server.address, timeout_seconds=10) as client:
        server.stop()
        later = threading.Timer(0.3, start, args=(server.address,))
        later.start()
        client.submit_marks(chain(1))
        later.join()
    assert len(fake.jobs.states) == 1
    assert fake.jobs.submissions["job-1"].request_id


def test_without_a_node_calls_fail_as_unavailable() -> None:
    with Client("127.0.0.1:1", timeout_seconds=5) as client, pytest.raises(UnavailableError):
        client.get_job("job-1")


def test_wait_gives_up_in_time_and_says_what_it_saw(start: Start) -> None:
    with Client(start("127.0.0.1:0").address, timeout_seconds=5) as client:
        job = client.submit_marks(chain(1))
        with pytest.raises(WaitTimeoutError, match="QUEUED") as caught:
            client.wait(job.job_id, timeout_seconds=0.3)
        assert caught.value.job == job
        with pytest.raises(NotFoundError):
            client.wait("job-77", timeout_seconds=5)


def test_wait_can_stop_at_the_proof(fake: FakeNode, start: Start) -> None:
    with Client(start("127.0.0.1:0").address, timeout_seconds=5) as client:
        job = client.submit_marks(chain(1))
        fake.jobs.move(job.job_id, values.ProvingState.PROVED, values.SettlementState.READY)
        assert client.wait(job.job_id, until=lambda state: state.proved).proved


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> dict[str, list[str]]:
        public = {name: f for name, f in vars(kind).items() if not name.startswith("_")}
        return {name: list(inspect.signature(f).parameters) for name, f in public.items()}

    assert methods(Client) == methods(AsyncClient)


def test_the_asynchronous_client_serves_every_method(fake: FakeNode, start: Start) -> None:
    server = start("127.0.0.1:0")

    async def course() -> list[str]:
        async with AsyncClient(server.address, timeout_seconds=5) as client:
            marks = await client.quote(chain(2))
            assert [mark.price for mark in marks] == [Decimal(74000), Decimal(74500)]
            job = await client.submit_marks(chain(1))
            assert (await client.get_job(job.job_id)) == job
            waiting = asyncio.create_task(client.wait(job.job_id, timeout_seconds=10))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(fake.jobs.prove_and_settle, job.job_id)
            assert (await waiting).succeeded
            attestation = await client.get_attestation(job.job_id)
            assert (await client.verify_attestation(attestation)).valid
            assert (await client.relay_attestation(attestation)).proved
            assert (await client.capabilities()).engine == "native"
            with pytest.raises(InvalidRequestError) as caught:
                await client.quote(chain(1, strike="-1"))
            assert caught.value.faults[0].field == "chain.options[0].strike"
            with pytest.raises(NotFoundError):
                await client.wait("job-9")
            return [state.settlement_state.name async for state in client.watch_job(job.job_id)]

    assert asyncio.run(course()) == ["FINAL"]


def test_the_asynchronous_client_waits_through_a_restart(fake: FakeNode, start: Start) -> None:
    server = start("127.0.0.1:0")

    async def course() -> Job:
        async with AsyncClient(server.address, timeout_seconds=5) as client:
            job = await client.submit_marks(chain(1))
            waiting = asyncio.create_task(client.wait(job.job_id, timeout_seconds=20))
            await asyncio.sleep(0.1)
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(start, server.address)
            await asyncio.to_thread(fake.jobs.prove_and_settle, job.job_id)
            return await waiting

    assert asyncio.run(course()).succeeded


def test_all_values_that_cannot_be_sent_are_listed_and_nothing_is_sent() -> None:
    bad = replace(
        OPTION,
        strike=74000.5,  # type: ignore[arg-type]
        option_type="straddle",
        expiry_utc="2026-13-01T00:00:00Z",
    )
    asked = Chain(underlying="BTC", valuation_utc=datetime(2026, 1, 1), options=(OPTION, bad))
    with pytest.raises(InvalidValueError) as caught:
        wire.chain_message(asked)
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "valuation_utc",
        "options[1].option_type",
        "options[1].expiry_utc",
        "options[1].strike",
    ]


def test_times_are_sent_to_the_nanosecond() -> None:
    message = wire.chain_message(replace(chain(1), valuation_utc="2026-05-21T10:04:10.999999999Z"))
    assert message.valuation_time.nanos == 999_999_999
    aware = datetime(2026, 5, 21, 10, 4, 10, 269_985, tzinfo=UTC)
    message = wire.chain_message(replace(chain(1), valuation_utc=aware))
    assert message.valuation_time.ToJsonString() == "2026-05-21T10:04:10.269985Z"


def test_a_chain_is_read_from_rows_of_one_snapshot() -> None:
    row = {
        "underlying": "BTC",
        "valuation_utc": "2026-05-21T10:04:10Z",
        "expiry_utc": "2026-05-22T08:00:00Z",
        "strike": "74000",
        "option_type": "put",
        "forward": "77568.75",
        "implied_volatility": "0.4526",
        "discount_factor": "",
    }
    read = Chain.from_rows([row, {**row, "strike": "75000"}])
    assert [option.strike for option in read.options] == ["74000", "75000"]
    with pytest.raises(ValueError, match="2 snapshots"):
        Chain.from_rows([row, {**row, "underlying": "ETH"}])
    with pytest.raises(ValueError, match="no rows"):
        Chain.from_rows([])


def test_exports_are_sorted_and_complete() -> None:
    exported = node.client.__all__
    assert sorted(exported) == exported
    public = {
        name
        for name, value in vars(node.client).items()
        if name[0] != "_" and not isinstance(value, ModuleType)
    }
    assert public == set(exported)
