"""Messages to values and back: the only file that knows both shapes.

Nothing is judged here twice: a missing time, an unspecified type or an unreadable decimal becomes
the text that the quoting room refuses, so that all faults of a request appear in one list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from node import values
from node.pb import (
    attestation_pb2,
    capabilities_pb2,
    chain_pb2,
    job_pb2,
    mark_pb2,
    pricing_service_pb2,
)
from node.rpc.errors import Fault, RequestFaults

ADDRESS_BYTES = 20
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{0,64}")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPTION_TYPES = {
    chain_pb2.OPTION_TYPE_UNSPECIFIED: "",
    chain_pb2.OPTION_TYPE_CALL: "call",
    chain_pb2.OPTION_TYPE_PUT: "put",
}
_STATEMENTS = {
    job_pb2.MARKS_STATEMENT_UNSPECIFIED: values.MarksStatement.PRICE,
    job_pb2.MARKS_STATEMENT_PRICE: values.MarksStatement.PRICE,
    job_pb2.MARKS_STATEMENT_PRICE_AND_GREEKS: values.MarksStatement.PRICE_AND_GREEKS,
}
_MODES = {
    pricing_service_pb2.SETTLEMENT_MODE_UNSPECIFIED: values.SettlementMode.DEFAULT,
    pricing_service_pb2.SETTLEMENT_MODE_ATTEST: values.SettlementMode.ATTEST,
    pricing_service_pb2.SETTLEMENT_MODE_PROVE_ONLY: values.SettlementMode.PROVE_ONLY,
}


def time_text(stamp: Timestamp) -> str:
    """ISO 8601 with Z and the decimals needed; a time no calendar holds stays a number."""
    try:
        whole = _EPOCH + timedelta(seconds=stamp.seconds)
    except OverflowError:
        return f"{stamp.seconds} s"
    text = whole.strftime("%Y-%m-%dT%H:%M:%S")
    if whole.year < 1000:
        return f"{stamp.seconds} s"
    if stamp.nanos:
        if not 0 <= stamp.nanos < 10**9:
            return f"{stamp.seconds} s and {stamp.nanos} ns"
        text += f".{stamp.nanos:09d}".rstrip("0")
    return text + "Z"


def chain_request(chain: chain_pb2.Chain) -> values.ChainRequest:
    """The chain as text."""
    return values.ChainRequest(
        underlying=chain.underlying,
        valuation_utc=_optional_time(chain, "valuation_time"),
        rows=tuple(_row(option) for option in chain.options),
    )


def _row(option: chain_pb2.Option) -> values.OptionRow:
    return values.OptionRow(
        expiry_utc=_optional_time(option, "expiry_time"),
        strike=option.strike,
        option_type=_OPTION_TYPES.get(option.option_type, f"option_type {option.option_type}"),
        forward=option.forward,
        implied_volatility=option.implied_volatility,
        discount_factor=option.discount_factor,
    )


def _optional_time(message: chain_pb2.Chain | chain_pb2.Option, field: str) -> str:
    return time_text(getattr(message, field)) if message.HasField(field) else ""


def marks_submission(
    request: pricing_service_pb2.SubmitMarksRequest,
) -> values.MarksSubmission:
    """The submission; raises RequestFaults for what is wrong outside the chain."""
    faults = []
    if not REQUEST_ID.fullmatch(request.request_id):
        faults.append(
            Fault("request_id", "at most 64 characters of [A-Za-z0-9._-]; send a UUID4, or nothing")
        )
    if request.statement not in _STATEMENTS:
        faults.append(
            Fault(
                "statement", f"value {request.statement} is unknown to this node; see Capabilities"
            )
        )
    if request.settlement_mode not in _MODES:
        faults.append(
            Fault("settlement_mode", f"value {request.settlement_mode} is unknown to this node")
        )
    if request.capacity < 0:
        faults.append(Fault("capacity", f"{request.capacity} is negative; 0 leaves it to the node"))
    if len(request.consumer) not in (0, ADDRESS_BYTES):
        faults.append(
            Fault("consumer", f"an address has 20 bytes, received {len(request.consumer)}")
        )
    if faults:
        raise RequestFaults(faults)
    return values.MarksSubmission(
        chain=chain_request(request.chain),
        statement=_STATEMENTS[request.statement],
        capacity=request.capacity,
        settlement_mode=_MODES[request.settlement_mode],
        consumer=request.consumer,
        request_id=request.request_id,
    )


def mark_message(mark: values.QuotedMark, option: chain_pb2.Option) -> mark_pb2.Mark:
    """A mark beside the series it answers."""
    greeks, inputs = mark.greeks, mark.inputs
    return mark_pb2.Mark(
        price=mark.price,
        price_atoms=mark.price_atoms,
        greeks=mark_pb2.Greeks(
            delta=greeks.delta,
            gamma=greeks.gamma,
            vega=greeks.vega,
            theta=greeks.theta,
            rho=greeks.rho,
        ),
        inputs=mark_pb2.QuantisedInputs(
            forward=inputs.forward,
            strike=inputs.strike,
            implied_volatility=inputs.implied_volatility,
            discount_factor=inputs.discount_factor,
            rate=inputs.rate,
            seconds_to_expiry=inputs.seconds_to_expiry,
            tick=inputs.tick,
        ),
        expiry_time=option.expiry_time,
        option_type=option.option_type,
    )


def job_message(job: values.JobView, progress: values.JobProgress | None = None) -> job_pb2.Job:
    """A job's state, with what its worker does if it is on it."""
    message = job_pb2.Job(
        job_id=job.job_id,
        request_id=job.request_id,
        statement=None if job.statement is None else f"MARKS_STATEMENT_{job.statement.name}",
        options=job.options,
        capacity=job.capacity,
        proving_state=f"PROVING_STATE_{job.proving_state.name}",
        settlement_state=f"SETTLEMENT_STATE_{job.settlement_state.name}",
        create_time=_timestamp(job.created),
        update_time=_timestamp(job.updated),
        revision=job.revision,
        done=job.done,
        cause=f"JOB_CAUSE_{job.cause.name}" if job.cause is not None else None,
        cause_message=job.cause_message,
        kind=f"JOB_KIND_{job.kind.name}",
    )
    if job.transaction is not None:
        message.transaction.chain_id = job.transaction.chain_id
        message.transaction.transaction_hash = job.transaction.transaction_hash
        message.transaction.block_number = job.transaction.block_number
        message.transaction.gas_used = job.transaction.gas_used
    if progress is not None and job.proving_state is values.ProvingState.PROVING:
        phase = f"PROVING_PHASE_{progress.phase.name}"
        message.progress.CopyFrom(job_pb2.ProvingProgress(phase=phase, message=progress.message))
    return message


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def attestation_value(
    request: pricing_service_pb2.VerifyAttestationRequest
    | pricing_service_pb2.RelayAttestationRequest,
) -> values.AttestationBytes:
    """The untrusted bytes of a request; RequestFaults where it has none."""
    if not request.HasField("attestation"):
        raise RequestFaults([Fault("attestation", "missing; send what GetAttestation answered")])
    sent = request.attestation
    return values.AttestationBytes(key_id=sent.key_id, words=sent.words, proof=sent.proof)


def attestation_message(attestation: values.AttestationBytes) -> attestation_pb2.Attestation:
    """Bytes to bytes."""
    return attestation_pb2.Attestation(
        key_id=attestation.key_id, words=attestation.words, proof=attestation.proof
    )


def capabilities_message(
    node: values.NodeDescription, limits: capabilities_pb2.Limits
) -> pricing_service_pb2.GetCapabilitiesResponse:
    """The description; the server adds its own limits."""
    chain = node.chain
    return pricing_service_pb2.GetCapabilitiesResponse(
        version=node.version,
        engine=node.engine,
        underlyings=[
            capabilities_pb2.Underlying(
                symbol=u.symbol, tick_exponent=u.tick_exponent, underlying_id=u.underlying_id
            )
            for u in node.underlyings
        ],
        statements=list(_statements(node.statements)),
        limits=limits,
        chain=None
        if chain is None
        else capabilities_pb2.SettlementChain(
            chain_id=chain.chain_id,
            registry=chain.registry,
            router=chain.router,
            oracle=chain.oracle,
            default_consumer=chain.default_consumer,
            consumers=sorted(chain.consumers),
        ),
    )


def _statements(
    served: Iterable[values.ServedStatement],
) -> Iterable[capabilities_pb2.ProvableStatement]:
    origins = {
        None: capabilities_pb2.KEY_ORIGIN_UNSPECIFIED,
        True: capabilities_pb2.KEY_ORIGIN_UNSAFE_DEVELOPMENT,
        False: capabilities_pb2.KEY_ORIGIN_CEREMONY,
    }
    for statement in served:
        yield capabilities_pb2.ProvableStatement(
            statement=f"MARKS_STATEMENT_{statement.statement.name}",
            capacity=statement.capacity,
            statement_id=statement.statement_id,
            key_id=statement.key_id,
            key_origin=origins[statement.development_key],
        )
