"""The client for asyncio: the blocking one's twin, method for method."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

import grpc
import grpc.aio

from node.client import calls, model, wire
from node.client.connection import AsyncConnection
from node.client.errors import WaitTimeoutError, call_error
from node.pb import pricing_service_pb2 as pb
from node.pb import pricing_service_pb2_grpc


class AsyncClient(AsyncConnection):
    """A node's API for asyncio. Belongs to one event loop; an async context manager closes it.

    Every call has a deadline: `timeout_seconds` of the call, or of the client. Calls answered
    UNAVAILABLE are retried a few times within it; nothing else is.
    """

    def __init__(
        self,
        address: str = calls.DEFAULT_ADDRESS,
        *,
        timeout_seconds: float = calls.DEFAULT_TIMEOUT_SECONDS,
        credentials: grpc.ChannelCredentials | None = None,
    ) -> None:
        super().__init__(
            pricing_service_pb2_grpc.PricingServiceStub, address, timeout_seconds, credentials
        )

    async def quote(
        self, chain: model.Chain, *, timeout_seconds: float | None = None
    ) -> list[model.Mark]:
        """Marks and Greeks, one per option, in order; InvalidRequestError with every fault."""
        request = pb.QuoteRequest(chain=wire.chain_message(chain))
        return wire.marks(await self._call(self._stub.Quote, request, timeout_seconds))

    async def submit_marks(
        self,
        chain: model.Chain,
        *,
        statement: model.Statement = model.Statement.PRICE,
        capacity: int = 0,
        settlement_mode: model.SettlementMode = model.SettlementMode.UNSPECIFIED,
        consumer: bytes = b"",
        request_id: str | None = None,
        timeout_seconds: float | None = None,
    ) -> model.Job:
        """Ask for a proof; when this returns, the node has the job on disk.

        Without `request_id` a fresh one is sent, so that retries make one job. `capacity` 0 leaves
        the size to the node; `consumer` is an address of 20 bytes, or empty for the node's.
        """
        request = wire.submit_request(
            chain,
            statement=statement,
            capacity=capacity,
            settlement_mode=settlement_mode,
            consumer=consumer,
            request_id=request_id,
        )
        return wire.job((await self._call(self._stub.SubmitMarks, request, timeout_seconds)).job)

    async def get_job(self, job_id: str, *, timeout_seconds: float | None = None) -> model.Job:
        """The job now; NotFoundError for an unknown id."""
        request = pb.GetJobRequest(job_id=job_id)
        return wire.job((await self._call(self._stub.GetJob, request, timeout_seconds)).job)

    async def watch_job(
        self, job_id: str, *, timeout_seconds: float = calls.DEFAULT_WAIT_SECONDS
    ) -> AsyncGenerator[model.Job, None]:
        """The job now and after every change, until it is done; survives restarts of the node.

        Raises WaitTimeoutError after `timeout_seconds` in all.
        """
        watch = calls.Watch(job_id, timeout_seconds)
        request = pb.WatchJobRequest(job_id=job_id)
        while watch.job is None or not watch.job.done:
            stream = self._stub.WatchJob(
                request, timeout=watch.stream_seconds(), metadata=calls.METADATA
            )
            try:
                async for response in stream:
                    job = wire.job(response.job)
                    if watch.news(job):
                        yield job
            except grpc.RpcError as error:
                await asyncio.sleep(watch.pause_seconds(call_error(error)))
            finally:
                stream.cancel()

    async def wait(
        self,
        job_id: str,
        *,
        until: Callable[[model.Job], bool] = calls.is_done,
        timeout_seconds: float = calls.DEFAULT_WAIT_SECONDS,
    ) -> model.Job:
        """The first state that is `until`, or the last one of a job that ends before.

        Survives restarts of the node; raises WaitTimeoutError after `timeout_seconds` in all.
        """
        last = None
        async with contextlib.aclosing(
            self.watch_job(job_id, timeout_seconds=timeout_seconds)
        ) as jobs:
            async for job in jobs:
                last = job
                if until(job):
                    break
        if last is None:
            raise WaitTimeoutError(f"job {job_id} was never seen", None)
        return last

    async def get_attestation(
        self, job_id: str, *, timeout_seconds: float | None = None
    ) -> model.Attestation:
        """Words and proof; PreconditionError unless the job is PROVED."""
        request = pb.GetAttestationRequest(job_id=job_id)
        return wire.attestation(
            await self._call(self._stub.GetAttestation, request, timeout_seconds)
        )

    async def relay_attestation(
        self, attestation: model.Attestation, *, timeout_seconds: float | None = None
    ) -> model.Job:
        """Hand in a finished attestation for settlement; the node has it on disk when this returns.

        Whoever made it may ask any node: the words say whom they are for, and a book stays with its
        owner. The same words again are the same job. Raises InvalidRequestError (not for this
        chain, a false proof), PreconditionError (the registry would refuse it now, with the
        reason), NotFoundError (a key that node or router lacks), RefusedError (a consumer the
        relay does not pay for), RequestIdReusedError (other words have the sequence),
        OverloadedError.
        """
        request = wire.relay_request(attestation)
        response = await self._call(self._stub.RelayAttestation, request, timeout_seconds)
        return wire.job(response.job)

    async def verify_attestation(
        self, attestation: model.Attestation, *, timeout_seconds: float | None = None
    ) -> model.Verification:
        """What the node finds; NotFoundError if it has no such key."""
        request = wire.verify_request(attestation)
        return wire.verification(
            await self._call(self._stub.VerifyAttestation, request, timeout_seconds)
        )

    async def capabilities(self, *, timeout_seconds: float | None = None) -> model.Capabilities:
        """Statements, keys, limits, contracts and engine of the node."""
        request = pb.GetCapabilitiesRequest()
        return wire.capabilities(
            await self._call(self._stub.GetCapabilities, request, timeout_seconds)
        )
