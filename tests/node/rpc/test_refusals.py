"""What the server refuses, and what it says: all faults at once, never a secret."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from node.client import Client, InvalidRequestError, NodeFaultError, OverloadedError
from node.client.errors import CallError, call_error
from node.errors import CATALOGUE, NodeError, Reason
from node.pb import chain_pb2
from node.pb import pricing_service_pb2 as pb
from node.pb.error_reason_pb2 import ErrorReason
from node.rpc import PricingServer, mapping
from node.rpc.errors import DEFAULT_DETAIL_BYTES, Fault, Refusal, RequestFaults, refusal_of
from tests.node.rpc.chains import chain
from tests.node.rpc.fakes import FakeNode

METHODS = [method.name for method in pb.DESCRIPTOR.services_by_name["PricingService"].methods]


def raw_call(address: str, method: str, data: bytes, **metadata: str) -> CallError:
    """The error of a call with these very bytes."""
    with grpc.insecure_channel(address) as channel:
        path = f"/proofmark.v1.PricingService/{method}"
        headers = tuple((key.replace("_", "-"), value) for key, value in metadata.items())
        try:
            if method == "WatchJob":
                list(channel.unary_stream(path, None, None)(data, timeout=5, metadata=headers))
            else:
                channel.unary_unary(path, None, None)(data, timeout=5, metadata=headers)
        except grpc.RpcError as error:
            return call_error(error)
    raise AssertionError("the call was served")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x0a\x05abc"])
def test_bytes_that_are_no_message_are_refused_clearly(
    server: PricingServer, method: str, data: bytes
) -> None:
    error = raw_call(server.address, method, data)
    assert isinstance(error, InvalidRequestError)
    assert error.reason == "MALFORMED_MESSAGE"
    assert f"are not a {method}Request of proofmark.v1" in str(error)


def test_text_that_is_not_utf8_is_refused_clearly(server: PricingServer) -> None:
    error = raw_call(server.address, "GetJob", b"\x0a\x02\xff\xfe")
    assert error.reason == "MALFORMED_MESSAGE"


def test_every_fault_of_a_request_is_listed(client: Client) -> None:
    request = pb.SubmitMarksRequest(
        chain=chain_pb2.Chain(
            underlying="DOGE",
            options=[
                chain_pb2.Option(strike="-5", option_type=chain_pb2.OPTION_TYPE_CALL),
                chain_pb2.Option(expiry_time=Timestamp(seconds=10), strike="5"),
            ],
        )
    )
    with pytest.raises(InvalidRequestError) as caught:
        client._call(client._stub.SubmitMarks, request, None)
    assert {fault.field for fault in caught.value.faults} == {
        "chain.underlying",
        "chain.valuation_time",
        "chain.options[0].expiry_time",
        "chain.options[0].strike",
        "chain.options[1].option_type",
    }
    assert caught.value.metadata == {"faults": "5"}
    assert "5 faults" in str(caught.value)


def test_faults_outside_the_chain_are_listed_together(client: Client) -> None:
    request = pb.SubmitMarksRequest(
        request_id="no spaces, please",
        statement=77,  # type: ignore[arg-type]
        settlement_mode=9,  # type: ignore[arg-type]
        capacity=-1,
        consumer=b"\x01" * 19,
    )
    with pytest.raises(InvalidRequestError) as caught:
        client._call(client._stub.SubmitMarks, request, None)
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["request_id", "statement", "settlement_mode", "capacity", "consumer"]
    assert "received 19" in caught.value.faults[-1].description


def test_hundreds_of_faults_reach_our_client_whole(
    client: Client, node: FakeNode, server: PricingServer
) -> None:
    faults = [Fault(f"chain.options[{i}].strike", f"row {i}: " + "x" * 150) for i in range(400)]
    node.pricing.error = RequestFaults(faults)
    with pytest.raises(InvalidRequestError) as caught:
        client.quote(chain(1))
    assert len(caught.value.faults) == 400
    assert caught.value.faults[399].field == "chain.options[399].strike"
    data = pb.QuoteRequest(chain=chain_pb2.Chain(underlying="BTC")).SerializeToString()
    plain = raw_call(server.address, "Quote", data)
    assert "more faults do not fit" in plain.faults[-1].description
    shown = sum(len(fault.description) for fault in plain.faults)
    assert DEFAULT_DETAIL_BYTES / 2 < shown < DEFAULT_DETAIL_BYTES


def test_too_many_options_are_refused_before_they_are_read(client: Client) -> None:
    for call in (client.quote, client.submit_marks):
        with pytest.raises(InvalidRequestError, match="51 options; a request takes 1 to 50"):
            call(chain(51))


def test_an_oversized_request_is_told_the_limit(client: Client) -> None:
    with pytest.raises(OverloadedError, match="the limit is 65536") as caught:
        client.quote(chain(2, strike="1" * 70_000))
    assert caught.value.reason == "MESSAGE_TOO_LARGE"


def test_malformed_job_ids_are_refused(client: Client) -> None:
    for job_id in ("", "a b", "x" * 65, "../etc"):
        with pytest.raises(InvalidRequestError) as caught:
            client.get_job(job_id)
        assert [fault.field for fault in caught.value.faults] == ["job_id"]


def test_verify_needs_an_attestation(server: PricingServer) -> None:
    error = raw_call(server.address, "VerifyAttestation", b"")
    assert [fault.field for fault in error.faults] == ["attestation"]


def test_a_fault_of_the_node_shows_its_id_and_no_values(
    client: Client, node: FakeNode, quiet_log: list[Any]
) -> None:
    node.pricing.error = RuntimeError("position: 17 of BTC-74000-P")
    with pytest.raises(NodeFaultError) as caught:
        client.quote(chain(1))
    request_id = caught.value.metadata["request_id"]
    assert request_id in str(caught.value)
    assert "position" not in str(caught.value)
    failed = [entry for entry in quiet_log if entry["event"] == "call failed"]
    assert failed[0]["request_id"] == request_id
    assert failed[0]["error"] == "RuntimeError"
    assert "17 of BTC" not in repr(quiet_log)


def test_other_rooms_errors_keep_their_reason(client: Client, node: FakeNode) -> None:
    class NowhereError(NodeError):
        reason = Reason.NO_SETTLEMENT

    node.pricing.error = NowhereError("no contract at 0x0a")
    with pytest.raises(CallError, match="no contract") as caught:
        client.quote(chain(1))
    assert caught.value.reason == "NO_SETTLEMENT"
    assert caught.value.code is grpc.StatusCode.FAILED_PRECONDITION


def test_the_callers_request_id_is_logged_once_with_the_outcome(
    server: PricingServer, quiet_log: list[Any]
) -> None:
    raw_call(server.address, "GetJob", b"\x0a\x05job-7", x_request_id="caller-1")
    calls = [entry for entry in quiet_log if entry["event"] == "call"]
    assert len(calls) == 1
    assert calls[0]["request_id"] == "caller-1"
    assert (calls[0]["method"], calls[0]["code"]) == ("GetJob", "NOT_FOUND")
    assert "job-7" not in repr(calls[0])


def test_a_request_id_that_could_forge_log_lines_is_replaced(
    server: PricingServer, quiet_log: list[Any]
) -> None:
    raw_call(server.address, "GetJob", b"\x0a\x05job-7", x_request_id="a b=c")
    assert [entry["request_id"] != "a b=c" for entry in quiet_log if entry["event"] == "call"]


def test_the_catalogue_and_the_wire_name_the_same_reasons() -> None:
    on_wire = {reason.value for reason, entry in CATALOGUE.items() if entry.on_wire}
    named = {name.removeprefix("ERROR_REASON_") for name in ErrorReason.keys()}  # noqa: SIM118
    assert on_wire == named - {"UNSPECIFIED"}
    raised = {kind.reason.value for kind in Refusal.__subclasses__()}
    assert raised == on_wire


def _error_of(kind: Reason) -> NodeError:
    class ForeignError(NodeError):
        reason = kind

    return ForeignError("text")


@pytest.mark.parametrize("reason", [reason for reason, entry in CATALOGUE.items() if entry.on_wire])
def test_every_reason_becomes_a_status_of_its_code(reason: Reason) -> None:
    refusal = refusal_of(_error_of(reason))
    assert refusal.reason is reason
    assert refusal.grpc_status().code.name == CATALOGUE[reason].grpc_code


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        (Timestamp(seconds=0), "1970-01-01T00:00:00Z"),
        (Timestamp(seconds=1779357850, nanos=269_985_000), "2026-05-21T10:04:10.269985Z"),
        (Timestamp(seconds=1779357850, nanos=1), "2026-05-21T10:04:10.000000001Z"),
        (Timestamp(seconds=-1), "1969-12-31T23:59:59Z"),
        (Timestamp(seconds=2**62), f"{2**62} s"),
        (Timestamp(seconds=-(2**62)), f"{-(2**62)} s"),
        (Timestamp(seconds=-62135596801), "-62135596801 s"),
        (Timestamp(seconds=5, nanos=-3), "5 s and -3 ns"),
    ],
)
def test_times_become_text_without_loss(stamp: Timestamp, text: str) -> None:
    assert mapping.time_text(stamp) == text


def test_unset_and_unknown_fields_become_text_for_the_quoting_room() -> None:
    option = chain_pb2.Option(option_type=7)  # type: ignore[arg-type]
    rows = mapping.chain_request(chain_pb2.Chain(options=[option])).rows
    assert (rows[0].expiry_utc, rows[0].strike, rows[0].option_type) == ("", "", "option_type 7")
