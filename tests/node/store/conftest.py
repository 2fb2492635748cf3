"""A store on disk with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.store import NewAttestation, Slot, Store, Submission


class Clock:
    """Milliseconds that only move when told to."""

    def __init__(self) -> None:
        self.now_ms = 1_779_321_600_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path / "node.sqlite", clock=clock) as opened:
        yield opened


def submission(content: bytes = b"content", **changes: object) -> Submission:
    fields: dict[str, object] = {
        "kind": "marks",
        "payload": content,
        "content_digest": content.ljust(32, b"\0"),
    }
    return Submission(**(fields | changes))  # type: ignore[arg-type]


def attestation(number: int = 1) -> NewAttestation:
    return NewAttestation(
        key_id=b"\x01" * 32,
        data_hash=number.to_bytes(32, "big"),
        words=number.to_bytes(32, "big") * 4,
        proof=bytes(320),
    )


def slot(sequence: int = 1) -> Slot:
    return Slot(
        chain_id=31337,
        registry=b"\x02" * 20,
        key_id=b"\x01" * 32,
        consumer=b"\x03" * 20,
        subject=b"\x04" * 32,
        sequence=sequence,
        valid_until=1_779_325_200,
    )
