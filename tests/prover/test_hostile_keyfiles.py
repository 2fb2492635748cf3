"""Key files made to hurt: digests repaired, nobody's linter asked."""

from __future__ import annotations

import time
from hashlib import blake2b
from pathlib import Path

import pytest

from circuits.r1cs import R1CS
from prover import Engine, ProverError, ProvingKey, keyfile, prove, verify
from prover.errors import CorruptKeyFileError
from prover.groth16.proving_key import Section
from tests.prover.systems import SquaresWitness
from tests.prover.test_keyfile import ENTRY_BYTES, HEAD_BYTES, SECTIONS

VECTORS = [section for section in Section if section.name.endswith("_QUERY")]


@pytest.mark.parametrize("place", [12, 20, HEAD_BYTES + 4, HEAD_BYTES + 5 * ENTRY_BYTES + 4])
def test_what_is_reserved_is_zero(saved: Path, place: int) -> None:
    """Digest repaired: one content has one file, and later versions may use what is reserved."""
    data = bytearray(saved.read_bytes())
    data[place] |= 2
    end = HEAD_BYTES + SECTIONS * ENTRY_BYTES
    data[end : end + 32] = blake2b(data[:end], digest_size=32).digest()
    saved.write_bytes(data)
    with pytest.raises(CorruptKeyFileError, match=r"reserved|out of place"):
        ProvingKey.open(saved)


def test_a_long_section_table_takes_time_in_proportion(tmp_path: Path) -> None:
    """A sound header, digests and all, over sections that are all empty."""
    path, count = tmp_path / "many.key", 40_000
    keyfile.write(path, dict.fromkeys(range(1, count + 1), b""), unsafe_dev=True)
    started = time.process_time()
    assert len(keyfile.open_mapped(path).sections) == count
    assert time.process_time() - started < 4


@pytest.mark.parametrize("number", VECTORS, ids=lambda section: section.name)
def test_points_that_are_none_end_in_a_typed_error(
    saved: Path, engine: Engine, system: tuple[R1CS, SquaresWitness], number: Section
) -> None:
    """Nobody asked the linter: the proof is refused by its maker or by who verifies it."""
    sections = dict(keyfile.open_mapped(saved).sections)
    content = (b"\1" + bytes(31)) * (len(sections[number]) // 32)
    sections[number] = memoryview(content)
    keyfile.write(saved, sections, unsafe_dev=True)
    opened, witness = ProvingKey.open(saved), system[1]
    with pytest.raises(ProverError):
        verify(opened.verifying_key, witness.words, prove(opened, witness, witness.words, engine))
