"""Every method over a real channel, with fake rooms behind the server."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from node import values
from node.client import (
    Attestation,
    Client,
    DeadlineError,
    Job,
    NotFoundError,
    OverloadedError,
    PreconditionError,
    ProvingState,
    RequestIdReusedError,
    SettlementMode,
    SettlementState,
    Statement,
)
from node.values import JobProgress, ProvingPhase
from tests.node.rpc.chains import chain
from tests.node.rpc.fakes import ATTESTATION, FakeNode


def test_quote_answers_marks_and_greeks_in_order(client: Client) -> None:
    marks = client.quote(chain(3))
    assert [mark.price for mark in marks] == [Decimal(74000), Decimal(74500), Decimal(75000)]
    assert marks[0].greeks.delta == Decimal("0.5")
    assert marks[0].inputs.tick == Decimal("0.0001")
    assert marks[0].expiry == datetime(2026, 5, 22, 8, tzinfo=UTC)
    assert marks[0].option_type == "put"


def test_rooms_receive_the_text_of_the_wire(client: Client, node: FakeNode) -> None:
    job = client.submit_marks(
        chain(1),
        statement=Statement.PRICE_AND_GREEKS,
        capacity=256,
        settlement_mode=SettlementMode.PROVE_ONLY,
        consumer=b"\x0d" * 20,
        request_id="one",
    )
    assert node.jobs.submissions[job.job_id] == values.MarksSubmission(
        chain=values.ChainRequest(
            underlying="BTC",
            valuation_utc="2026-05-21T10:04:10.269985001Z",
            rows=(
                values.OptionRow(
                    expiry_utc="2026-05-22T08:00:00Z",
                    strike="74000",
                    option_type="put",
                    forward="77568.75",
                    implied_volatility="0.4526",
                    discount_factor="0.9999",
                ),
            ),
        ),
        statement=values.MarksStatement.PRICE_AND_GREEKS,
        capacity=256,
        settlement_mode=values.SettlementMode.PROVE_ONLY,
        consumer=b"\x0d" * 20,
        request_id="one",
    )


def test_submit_returns_the_stored_job(client: Client) -> None:
    job = client.submit_marks(chain(2))
    assert (job.proving_state, job.settlement_state) == (ProvingState.QUEUED, SettlementState.NONE)
    assert (job.options, job.capacity, job.revision, job.done) == (2, 64, 1, False)
    assert client.get_job(job.job_id) == job


def test_the_same_request_id_and_content_is_one_job(client: Client) -> None:
    first = client.submit_marks(chain(2), request_id="abc")
    assert client.submit_marks(chain(2), request_id="abc").job_id == first.job_id


def test_the_same_request_id_with_other_content_is_refused(client: Client) -> None:
    client.submit_marks(chain(2), request_id="abc")
    with pytest.raises(RequestIdReusedError) as caught:
        client.submit_marks(chain(3), request_id="abc")
    assert caught.value.reason == "REQUEST_ID_REUSED"


def test_a_full_queue_says_when_to_come_back(client: Client) -> None:
    for _ in range(3):
        client.submit_marks(chain(1))
    with pytest.raises(OverloadedError) as caught:
        client.submit_marks(chain(1))
    assert caught.value.reason == "QUEUE_FULL"
    assert caught.value.retry_after_seconds == 2.5


def test_unknown_jobs_are_not_found(client: Client) -> None:
    for call in (client.get_job, client.get_attestation, client.wait):
        with pytest.raises(NotFoundError, match="job-9") as caught:
            call("job-9")
        assert caught.value.reason == "JOB_NOT_FOUND"
        assert caught.value.metadata == {"job_id": "job-9"}


def test_an_attestation_is_served_once_proved(client: Client, node: FakeNode) -> None:
    job = client.submit_marks(chain(1))
    with pytest.raises(PreconditionError, match="QUEUED") as caught:
        client.get_attestation(job.job_id)
    assert caught.value.reason == "NOT_PROVED"
    node.jobs.prove_and_settle(job.job_id)
    attestation = client.get_attestation(job.job_id)
    assert attestation == Attestation(ATTESTATION.key_id, ATTESTATION.words, ATTESTATION.proof)
    assert attestation.word_values == (7,)


def test_verification_answers_valid_or_why_not(client: Client) -> None:
    good = Attestation(ATTESTATION.key_id, ATTESTATION.words, ATTESTATION.proof)
    found = client.verify_attestation(good)
    assert (found.valid, found.reason, found.data_hash) == (True, "", b"\x44" * 32)
    bad = client.verify_attestation(Attestation(good.key_id, good.words, b"\x23" * 320))
    assert not bad.valid
    assert "pairing" in bad.reason


def test_capabilities_tell_statements_limits_and_contracts(client: Client) -> None:
    found = client.capabilities()
    assert (found.version, found.engine) == ("0.1.0", "native")
    assert found.underlyings[0].symbol == "BTC"
    origins = [(s.statement, s.capacity, s.key_origin) for s in found.statements]
    assert origins == [
        (Statement.PRICE, 64, "UNSAFE_DEVELOPMENT"),
        (Statement.PRICE_AND_GREEKS, 64, "UNSPECIFIED"),
    ]
    assert found.limits.options_per_request == 50
    assert found.limits.queued_jobs == 3
    assert found.chain is not None
    assert (found.chain.chain_id, found.chain.oracle) == (31337, b"\x0c" * 20)


def test_watch_tells_the_current_state_then_every_change_then_ends(
    client: Client, node: FakeNode
) -> None:
    job = client.submit_marks(chain(1))
    seen: list[Job] = []
    first = threading.Event()

    def watch() -> None:
        for state in client.watch_job(job.job_id, timeout_seconds=10):
            seen.append(state)
            first.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert first.wait(5)
    node.jobs.prove_and_settle(job.job_id)
    watcher.join(5)
    assert not watcher.is_alive()
    states = [(state.proving_state.name, state.settlement_state.name) for state in seen]
    assert states == [
        ("QUEUED", "NONE"),
        ("PROVING", "NONE"),
        ("PROVED", "READY"),
        ("PROVED", "SUBMITTED"),
        ("PROVED", "CONFIRMED"),
        ("PROVED", "FINAL"),
    ]
    assert [state.done for state in seen] == [False] * 5 + [True]
    assert seen[-1].succeeded
    assert seen[-1].transaction is not None
    assert seen[-1].transaction.block_number == 12


def test_watching_a_finished_job_answers_once(client: Client, node: FakeNode) -> None:
    job = client.submit_marks(chain(1))
    node.jobs.fail(job.job_id, values.JobCause.WORKER_LOST, "it died three times")
    states = list(client.watch_job(job.job_id, timeout_seconds=5))
    assert [state.proving_state for state in states] == [ProvingState.FAILED]
    assert (states[0].cause, states[0].cause_message) == ("WORKER_LOST", "it died three times")
    assert not states[0].succeeded


def test_progress_is_told_while_proving(client: Client, node: FakeNode) -> None:
    job = client.submit_marks(chain(1))
    node.jobs.move(job.job_id, values.ProvingState.PROVING)
    node.jobs.report(job.job_id, JobProgress(ProvingPhase.KEY, "making a development key"))
    found = client.get_job(job.job_id)
    assert found.progress is not None
    assert (found.progress.phase, found.progress.message) == ("KEY", "making a development key")
    states = client.watch_job(job.job_id, timeout_seconds=10)
    assert next(states).progress == found.progress
    node.jobs.report(job.job_id, JobProgress(ProvingPhase.PROOF, "making the proof"))
    proving = next(states)
    assert proving.progress is not None
    assert proving.progress.phase == "PROOF"
    node.jobs.report(job.job_id, None)
    node.jobs.prove_and_settle(job.job_id)
    assert all(state.progress is None for state in states)


def test_a_deadline_ends_the_call_not_the_node(client: Client, node: FakeNode) -> None:
    node.pricing.released.clear()
    started = time.monotonic()
    with pytest.raises(DeadlineError):
        client.quote(chain(1), timeout_seconds=0.2)
    assert time.monotonic() - started < 2
    node.pricing.released.set()
    assert len(client.quote(chain(1))) == 1


def test_too_many_calls_are_turned_away_with_a_time(client: Client, node: FakeNode) -> None:
    node.pricing.released.clear()
    busy = [threading.Thread(target=client.quote, args=(chain(1),)) for _ in range(4)]
    for thread in busy:
        thread.start()
    for _ in busy:
        assert node.pricing.entered.acquire(timeout=5)
    with pytest.raises(OverloadedError, match="the most this node takes") as caught:
        client.quote(chain(1))
    assert caught.value.reason == "TOO_MANY_CALLS"
    assert caught.value.metadata == {"limit": "4", "kind": "calls"}
    assert caught.value.retry_after_seconds == 0.25
    node.pricing.released.set()
    for thread in busy:
        thread.join(5)
    assert len(client.quote(chain(1))) == 1


def test_streams_have_their_own_limit(client: Client, node: FakeNode) -> None:
    job = client.submit_marks(chain(1))
    watches = [client.watch_job(job.job_id, timeout_seconds=10) for _ in range(2)]
    for watch in watches:
        next(watch)
    stub = client._stub
    error = _refused_stream(stub, job.job_id)
    assert isinstance(error, OverloadedError)
    assert error.metadata["kind"] == "streams"
    for watch in watches:
        watch.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            watch = client.watch_job(job.job_id, timeout_seconds=1)
            assert next(watch).job_id == job.job_id
            watch.close()
            break
        except OverloadedError:
            time.sleep(0.05)
    else:
        pytest.fail("a watcher that left kept its slot")


def _refused_stream(stub: object, job_id: str) -> Exception:
    import grpc

    from node.client.errors import call_error
    from node.pb import pricing_service_pb2 as pb

    try:
        list(stub.WatchJob(pb.WatchJobRequest(job_id=job_id), timeout=5))  # type: ignore[attr-defined]
    except grpc.RpcError as error:
        return call_error(error)
    raise AssertionError("the stream was served")
