"""Values to messages and back, for both clients."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from node.client import model
from node.client.errors import InvalidValueError
from node.pb import attestation_pb2, capabilities_pb2, chain_pb2, job_pb2, mark_pb2
from node.pb import pricing_service_pb2 as pb

_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:[Zz]|\+00:00)"
)


def chain_message(chain: model.Chain) -> chain_pb2.Chain:
    """The chain; raises InvalidValueError with everything that no message can hold."""
    problems: list[str] = []
    message = chain_pb2.Chain(
        underlying=chain.underlying,
        valuation_time=_timestamp("valuation_utc", chain.valuation_utc, problems),
        options=[
            _option(f"options[{i}]", option, problems) for i, option in enumerate(chain.options)
        ],
    )
    if problems:
        raise InvalidValueError(problems)
    return message


def _option(place: str, option: model.Option, problems: list[str]) -> chain_pb2.Option:
    option_type = str(option.option_type).upper()
    if option_type not in model.OptionType.__members__:
        problems.append(f"{place}.option_type is {option.option_type!r}, expected call or put")
        option_type = "UNSPECIFIED"
    return chain_pb2.Option(
        expiry_time=_timestamp(f"{place}.expiry_utc", option.expiry_utc, problems),
        strike=_decimal(f"{place}.strike", option.strike, problems),
        option_type=f"OPTION_TYPE_{option_type}",
        forward=_decimal(f"{place}.forward", option.forward, problems),
        implied_volatility=_decimal(
            f"{place}.implied_volatility", option.implied_volatility, problems
        ),
        discount_factor=_decimal(f"{place}.discount_factor", option.discount_factor, problems),
    )


def _decimal(place: str, value: object, problems: list[str]) -> str:
    if isinstance(value, bool) or not isinstance(value, str | Decimal | int):
        kind = type(value).__name__
        problems.append(f"{place} is a {kind}, expected str or Decimal: a float loses digits")
    return str(value)


def _timestamp(place: str, moment: model.Moment, problems: list[str]) -> Timestamp:
    stamp = Timestamp()
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            problems.append(f"{place} has no time zone: pass an aware datetime")
        else:
            stamp.FromDatetime(moment.astimezone(UTC))
        return stamp
    match = _INSTANT.fullmatch(moment)
    try:
        whole = datetime.fromisoformat(f"{match[1]}T{match[2]}+00:00") if match else None
    except ValueError:
        whole = None
    if match is None or whole is None:
        problems.append(f"{place} is {moment[:40]!r}, expected UTC like 2026-05-21T10:04:10Z")
        return stamp
    stamp.FromDatetime(whole)
    stamp.nanos = int((match[3] or "0").ljust(9, "0"))
    return stamp


def submit_request(
    chain: model.Chain,
    *,
    statement: model.Statement,
    capacity: int,
    settlement_mode: model.SettlementMode,
    consumer: bytes,
    request_id: str | None,
) -> pb.SubmitMarksRequest:
    """The request; without a request id a fresh one, so that a retried call makes one job."""
    return pb.SubmitMarksRequest(
        chain=chain_message(chain),
        request_id=str(uuid.uuid4()) if request_id is None else request_id,
        statement=f"MARKS_STATEMENT_{statement.name}",
        capacity=capacity,
        settlement_mode=f"SETTLEMENT_MODE_{settlement_mode.name}",
        consumer=consumer,
    )


def verify_request(attestation: model.Attestation) -> pb.VerifyAttestationRequest:
    """Bytes to bytes."""
    return pb.VerifyAttestationRequest(attestation=_attestation(attestation))


def relay_request(attestation: model.Attestation) -> pb.RelayAttestationRequest:
    """Bytes to bytes."""
    return pb.RelayAttestationRequest(attestation=_attestation(attestation))


def _attestation(attestation: model.Attestation) -> attestation_pb2.Attestation:
    return attestation_pb2.Attestation(
        key_id=attestation.key_id, words=attestation.words, proof=attestation.proof
    )


def marks(response: pb.QuoteResponse) -> list[model.Mark]:
    """The marks, in the order asked."""
    return [_mark(mark) for mark in response.marks]


def _mark(mark: mark_pb2.Mark) -> model.Mark:
    greeks, inputs = mark.greeks, mark.inputs
    return model.Mark(
        price=Decimal(mark.price),
        price_atoms=mark.price_atoms,
        greeks=model.Greeks(
            delta=Decimal(greeks.delta),
            gamma=Decimal(greeks.gamma),
            vega=Decimal(greeks.vega),
            theta=Decimal(greeks.theta),
            rho=Decimal(greeks.rho),
        ),
        inputs=model.QuantisedInputs(
            forward=Decimal(inputs.forward),
            strike=Decimal(inputs.strike),
            implied_volatility=Decimal(inputs.implied_volatility),
            discount_factor=Decimal(inputs.discount_factor),
            rate=Decimal(inputs.rate),
            seconds_to_expiry=inputs.seconds_to_expiry,
            tick=Decimal(inputs.tick),
        ),
        expiry=mark.expiry_time.ToDatetime(tzinfo=UTC),
        option_type=model.OptionType[_name(chain_pb2.OptionType, mark.option_type, "OPTION_TYPE_")],
    )


def job(message: job_pb2.Job) -> model.Job:
    """One state of a job."""
    progress = transaction = None
    if message.HasField("progress"):
        phase = _name(job_pb2.ProvingPhase, message.progress.phase, "PROVING_PHASE_")
        progress = model.Progress(phase, message.progress.message)
    if message.HasField("transaction"):
        sent = message.transaction
        transaction = model.Transaction(
            sent.chain_id, sent.transaction_hash, sent.block_number, sent.gas_used
        )
    proving = _name(job_pb2.ProvingState, message.proving_state, "PROVING_STATE_")
    settlement = _name(job_pb2.SettlementState, message.settlement_state, "SETTLEMENT_STATE_")
    return model.Job(
        job_id=message.job_id,
        request_id=message.request_id,
        statement=_statement(message.statement),
        options=message.options,
        capacity=message.capacity,
        proving_state=model.ProvingState[proving],
        settlement_state=model.SettlementState[settlement],
        cause=_name(job_pb2.JobCause, message.cause, "JOB_CAUSE_") if message.cause else "",
        cause_message=message.cause_message,
        progress=progress,
        transaction=transaction,
        created=message.create_time.ToDatetime(tzinfo=UTC),
        updated=message.update_time.ToDatetime(tzinfo=UTC),
        revision=message.revision,
        done=message.done,
        kind=model.JobKind[_name(job_pb2.JobKind, message.kind, "JOB_KIND_")],
    )


def _statement(statement: job_pb2.MarksStatement) -> model.Statement:
    name = _name(job_pb2.MarksStatement, statement, "MARKS_STATEMENT_")
    return model.Statement[name]


def _name(enum: Any, value: int, prefix: str) -> str:
    """The value's short name; one that this client does not know yet is UNSPECIFIED."""
    try:
        name: str = enum.Name(value)
    except ValueError:
        return "UNSPECIFIED"
    return name.removeprefix(prefix)


def attestation(response: pb.GetAttestationResponse) -> model.Attestation:
    """Bytes to bytes."""
    sent = response.attestation
    return model.Attestation(key_id=sent.key_id, words=sent.words, proof=sent.proof)


def verification(response: pb.VerifyAttestationResponse) -> model.Verification:
    """What the node found."""
    valid = response.verdict == attestation_pb2.VERDICT_VALID
    return model.Verification(valid=valid, reason=response.reason, data_hash=response.data_hash)


def capabilities(response: pb.GetCapabilitiesResponse) -> model.Capabilities:
    """What the node can do."""
    limits, chain = response.limits, response.chain
    return model.Capabilities(
        version=response.version,
        engine=response.engine,
        underlyings=tuple(
            model.Underlying(u.symbol, u.tick_exponent, u.underlying_id)
            for u in response.underlyings
        ),
        statements=tuple(
            model.ProvableStatement(
                statement=_statement(s.statement),
                capacity=s.capacity,
                statement_id=s.statement_id,
                key_id=s.key_id,
                key_origin=_name(capabilities_pb2.KeyOrigin, s.key_origin, "KEY_ORIGIN_"),
            )
            for s in response.statements
        ),
        limits=model.Limits(
            options_per_request=limits.options_per_request,
            request_bytes=limits.request_bytes,
            queued_jobs=limits.queued_jobs,
            concurrent_calls=limits.concurrent_calls,
            concurrent_watches=limits.concurrent_watches,
        ),
        chain=None
        if not response.HasField("chain")
        else model.SettlementChain(
            chain_id=chain.chain_id,
            registry=chain.registry,
            router=chain.router,
            oracle=chain.oracle,
            default_consumer=chain.default_consumer,
            consumers=tuple(chain.consumers),
        ),
    )
