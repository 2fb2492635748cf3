"""The Python client of a node.

    with Client("127.0.0.1:50051") as client:
        marks = client.quote(chain)
        job = client.wait(client.submit_marks(chain).job_id)
        attestation = client.get_attestation(job.job_id)

`AsyncClient` has the same methods for asyncio.
"""

from node.client.asynchronous import AsyncClient
from node.client.connection import tls_credentials
from node.client.errors import (
    CallError,
    ClientError,
    DeadlineError,
    InvalidRequestError,
    InvalidValueError,
    NodeFaultError,
    NotFoundError,
    OverloadedError,
    PreconditionError,
    RefusedError,
    RequestFault,
    RequestIdReusedError,
    UnavailableError,
    UnsupportedError,
    WaitTimeoutError,
)
from node.client.model import (
    Attestation,
    Capabilities,
    Chain,
    Job,
    JobKind,
    Mark,
    Option,
    OptionType,
    ProvingState,
    SettlementMode,
    SettlementState,
    Statement,
    Verification,
)
from node.client.oracle import OraclePeer
from node.client.sync import Client

__all__ = [
    "AsyncClient",
    "Attestation",
    "CallError",
    "Capabilities",
    "Chain",
    "Client",
    "ClientError",
    "DeadlineError",
    "InvalidRequestError",
    "InvalidValueError",
    "Job",
    "JobKind",
    "Mark",
    "NodeFaultError",
    "NotFoundError",
    "Option",
    "OptionType",
    "OraclePeer",
    "OverloadedError",
    "PreconditionError",
    "ProvingState",
    "RefusedError",
    "RequestFault",
    "RequestIdReusedError",
    "SettlementMode",
    "SettlementState",
    "Statement",
    "UnavailableError",
    "UnsupportedError",
    "Verification",
    "WaitTimeoutError",
    "tls_credentials",
]
