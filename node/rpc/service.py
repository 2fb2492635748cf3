"""The eight methods: messages in, rooms asked, messages out. No mathematics, no SQL, no chain."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import grpc

from node import values
from node.pb import (
    attestation_pb2,
    capabilities_pb2,
    chain_pb2,
    pricing_service_pb2_grpc,
)
from node.pb import pricing_service_pb2 as pb
from node.rpc import mapping
from node.rpc.errors import Draining, Fault, JobNotFound, NotProved, RequestFaults
from node.rpc.guard import Gate, ServerLimits, assert_wanted
from node.rpc.ports import Rooms

_JOB_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
#: A watcher looks again at least this often, should a change not have been announced.
_WATCH_POLL_SECONDS = 1.0


class PricingServicer(pricing_service_pb2_grpc.PricingServiceServicer):  # type: ignore[misc,unused-ignore]
    """PricingService over the rooms' values."""

    def __init__(self, rooms: Rooms, limits: ServerLimits, gate: Gate) -> None:
        self._rooms = rooms
        self._limits = limits
        self._gate = gate

    def Quote(self, request: pb.QuoteRequest, context: grpc.ServicerContext) -> pb.QuoteResponse:  # noqa: N802
        """Marks at once."""
        self._check_count(request.chain)
        marks = self._rooms.pricing.quote(mapping.chain_request(request.chain), _wanted(context))
        pairs = zip(marks, request.chain.options, strict=True)
        return pb.QuoteResponse(marks=[mapping.mark_message(*pair) for pair in pairs])

    def SubmitMarks(  # noqa: N802
        self, request: pb.SubmitMarksRequest, context: grpc.ServicerContext
    ) -> pb.SubmitMarksResponse:
        """Accept a job; it is stored when this returns."""
        self._check_count(request.chain)
        submission = mapping.marks_submission(request)
        job = self._rooms.intake.submit(submission, _wanted(context))
        return pb.SubmitMarksResponse(job=mapping.job_message(job))

    def RelayAttestation(  # noqa: N802
        self, request: pb.RelayAttestationRequest, context: grpc.ServicerContext
    ) -> pb.RelayAttestationResponse:
        """Accept a finished attestation; it is stored when this returns."""
        attestation = mapping.attestation_value(request)
        job = self._rooms.relay.relay(attestation, _caller(context), _wanted(context))
        return pb.RelayAttestationResponse(job=mapping.job_message(job))

    def GetJob(self, request: pb.GetJobRequest, context: grpc.ServicerContext) -> pb.GetJobResponse:  # noqa: ARG002, N802
        """The job now."""
        job = self._job(request.job_id)
        progress = self._rooms.jobs.progress(job.job_id)
        return pb.GetJobResponse(job=mapping.job_message(job, progress))

    def WatchJob(  # noqa: N802
        self, request: pb.WatchJobRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.WatchJobResponse]:
        """The job now and after every change."""
        jobs, changes = self._rooms.jobs, self._rooms.changes
        context.add_callback(changes.notify)  # a caller that leaves wakes its own watcher
        seen = changes.count()
        job = self._job(request.job_id)
        told = _note(job, jobs.progress(job.job_id))
        yield pb.WatchJobResponse(job=mapping.job_message(job, told[-1]))
        while not job.done:
            if self._gate.draining.is_set():
                raise Draining("the node is stopping; watch again", retry_after_seconds=1.0)
            changes.wait(seen, _WATCH_POLL_SECONDS)
            assert_wanted(context)
            seen = changes.count()
            newer = jobs.changes(job.job_id, job.revision)
            for job in newer:
                told = _note(job, None)
                yield pb.WatchJobResponse(job=mapping.job_message(job))
            now = self._job(request.job_id)
            note = _note(now, jobs.progress(now.job_id))
            if now.revision == job.revision and note != told:
                told = note
                yield pb.WatchJobResponse(job=mapping.job_message(now, told[-1]))

    def GetAttestation(  # noqa: N802
        self,
        request: pb.GetAttestationRequest,
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.GetAttestationResponse:
        """Words and proof."""
        job = self._job(request.job_id)
        attestation = self._rooms.jobs.attestation(job.job_id)
        if attestation is None:
            raise NotProved(
                f"job {job.job_id} is {job.proving_state.name}; only PROVED jobs have attestations"
                + ("" if job.done else ": watch it"),
                metadata={"job_id": job.job_id, "proving_state": job.proving_state.name},
            )
        return pb.GetAttestationResponse(attestation=mapping.attestation_message(attestation))

    def VerifyAttestation(  # noqa: N802
        self,
        request: pb.VerifyAttestationRequest,
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.VerifyAttestationResponse:
        """Valid, or why not."""
        found = self._rooms.verifier.verify(mapping.attestation_value(request))
        verdict = attestation_pb2.VERDICT_VALID if found.valid else attestation_pb2.VERDICT_INVALID
        return pb.VerifyAttestationResponse(
            verdict=verdict, reason=found.reason, data_hash=found.data_hash
        )

    def GetCapabilities(  # noqa: N802
        self,
        request: pb.GetCapabilitiesRequest,  # noqa: ARG002
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.GetCapabilitiesResponse:
        """What this node can do."""
        description = self._rooms.describer.describe()
        limits = capabilities_pb2.Limits(
            options_per_request=self._limits.options_per_request,
            request_bytes=self._limits.request_bytes,
            queued_jobs=description.queued_jobs,
            concurrent_calls=self._limits.concurrent_calls,
            concurrent_watches=self._limits.concurrent_watches,
        )
        return mapping.capabilities_message(description, limits)

    def _check_count(self, chain: chain_pb2.Chain) -> None:
        count, most = len(chain.options), self._limits.options_per_request
        if count > most:
            raise RequestFaults(
                [Fault("chain.options", f"{count} options; a request takes 1 to {most}: split it")]
            )

    def _job(self, job_id: str) -> values.JobView:
        if not _JOB_ID.fullmatch(job_id):
            raise RequestFaults([Fault("job_id", "1 to 64 characters of [A-Za-z0-9-]")])
        job = self._rooms.jobs.job(job_id)
        if job is None:
            raise JobNotFound(
                f"this node has no job {job_id}; job ids are those that SubmitMarks answered",
                metadata={"job_id": job_id},
            )
        return job


_Note = tuple[values.JobCause | None, str, values.JobProgress | None]


def _note(job: values.JobView, progress: values.JobProgress | None) -> _Note:
    """What may change while a job stays in its state."""
    proving = job.proving_state is values.ProvingState.PROVING
    return job.cause, job.cause_message, progress if proving else None


def _caller(context: grpc.ServicerContext) -> str:
    """The address that asks, without its port; of IPv6 the network, which one caller has whole."""
    host = unquote(context.peer().rpartition(":")[0]).rpartition("ipv6:")[2].strip("[]")
    try:
        return str(ipaddress.ip_network((host, 64), strict=False))
    except ValueError:
        return host


def _wanted(context: grpc.ServicerContext) -> Callable[[], None]:
    return lambda: assert_wanted(context)
