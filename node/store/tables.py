"""The tables. ``migrations`` builds them; a test compares the two.

Times are unix milliseconds, hashes and addresses raw bytes, fees wei per gas.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = [
    "attempts",
    "attestations",
    "cursor",
    "jobs",
    "lease",
    "metadata",
    "outbox",
    "transitions",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_RowId = BigInteger().with_variant(Integer(), "sqlite")

attestations = Table(
    "attestations",
    metadata,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("key_id", LargeBinary(32), nullable=False),
    Column("data_hash", LargeBinary(32), nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("key_id", "data_hash"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("attestation_id", ForeignKey("attestations.id"), nullable=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("registry", LargeBinary(20), nullable=False),
    Column("key_id", LargeBinary(32), nullable=False),
    Column("consumer", LargeBinary(20), nullable=False),
    Column("subject", LargeBinary(32), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("cause", String(32)),
    Column("detail", Text),
    Column("not_before_ms", BigInteger, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("sender", LargeBinary(20)),
    Column("nonce", BigInteger),
    Column("tx_hash", LargeBinary(32)),
    Column("block_number", BigInteger),
    Column("block_hash", LargeBinary(32)),
    Column("gas_used", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)
Index(
    "uq_outbox_slot",
    outbox.c.chain_id,
    outbox.c.registry,
    outbox.c.key_id,
    outbox.c.consumer,
    outbox.c.subject,
    outbox.c.sequence,
    unique=True,
    sqlite_where=text("state <> 'REJECTED'"),
    postgresql_where=text("state <> 'REJECTED'"),
)
Index("ix_outbox_state", outbox.c.state)

attempts = Table(
    "attempts",
    metadata,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("outbox_id", ForeignKey("outbox.id")),
    Column("kind", String(16), nullable=False),
    Column("sender", LargeBinary(20), nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("tx_hash", LargeBinary(32), nullable=False, unique=True),
    Column("raw", LargeBinary, nullable=False),
    Column("gas_limit", BigInteger, nullable=False),
    Column("max_fee", BigInteger, nullable=False),
    Column("priority_fee", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("detail", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),
    Column("sent_block", BigInteger),
)
Index("ix_attempts_sender_nonce", attempts.c.sender, attempts.c.nonce)
Index("ix_attempts_outbox_id", attempts.c.outbox_id)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(64), unique=True),
    Column("content_digest", LargeBinary(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("deadline_ms", BigInteger),
    Column("proving", String(16), nullable=False),
    Column("settlement", String(16), nullable=False),
    Column("cause", String(32)),
    Column("detail", Text),
    Column("attestation_id", ForeignKey("attestations.id")),
    Column("outbox_id", ForeignKey("outbox.id")),
    Column("submitted_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)
Index("ix_jobs_proving", jobs.c.proving)
Index("ix_jobs_outbox_id", jobs.c.outbox_id)

transitions = Table(
    "transitions",
    metadata,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("axis", String(16), nullable=False),
    Column("before", String(16)),
    Column("after", String(16), nullable=False),
    Column("cause", String(32)),
    Column("detail", Text),
    CheckConstraint("axis in ('proving', 'settlement')", name="axis"),
)
Index("ix_transitions_job_id", transitions.c.job_id)

cursor = Table(
    "cursor",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("block_number", BigInteger, nullable=False),
    Column("block_hash", LargeBinary(32), nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("acquired_ms", BigInteger, nullable=False),
    Column("heartbeat_ms", BigInteger, nullable=False),
)
