"""Tasks, the key store and the recipe of marks, with the real prover at a small size."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import prover
from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    Shape,
    decode_words,
)
from node.keys import InvalidKeyError, KeyNotFoundError, KeyStore
from node.proving.errors import JobFailedError, TaskError
from node.proving.marks import MarksRecipe, MarksRecipeFactory
from node.proving.ports import ProvedMarks
from node.proving.task import MarksTask, TaskSummary
from node.values import JobCause, MarksStatement, ProvingPhase
from prover.engines.reference import ReferenceEngine
from tests.node.proving.recipes import prove

MARKET = Market(
    underlying_id=0xBEEF,
    tick_exponent=4,
    snapshot_unix=1_779_357_850,
    groups=(
        GroupInputs(
            forward_ticks=775_687_500,
            discount=(1 << 44) - 12345,
            rate_biased=(1 << 26) + 17,
            expiry_unix=1_779_436_800,
            options=(
                OptionInputs(strike_ticks=740_000_000, volatility=22_630_000, is_put=True),
                OptionInputs(strike_ticks=800_000_000, volatility=21_000_000, is_put=False),
            ),
        ),
    ),
)
HEADER = Header(chain_id=31337, registry=0xA, consumer=0xC, sequence=7, valid_until=1_779_361_450)
TASK = MarksTask(
    statement=MarksStatement.PRICE,
    shape=Shape(1, 2),
    header=HEADER,
    market=MARKET,
    settle=True,
)


def test_a_task_survives_the_store() -> None:
    payload = TASK.to_bytes()
    assert MarksTask.decode_bytes(payload) == TASK
    summary = TaskSummary.decode_bytes(payload)
    assert (summary.options, summary.shape, summary.settle) == (2, Shape(1, 2), True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda payload: b"",
        lambda payload: b"\xff\xfe",
        lambda payload: payload.partition(b"\n")[0],
        lambda payload: payload.replace(b'"marks":1', b'"marks":2'),
        lambda payload: payload.replace(b'"profile":"R14"', b'"profile":"R9"'),
        lambda payload: payload.replace(b"775687500", b"1"),
        lambda payload: payload.replace(b"775687500", b'"x"'),
        lambda payload: json.dumps([1]).encode(),
    ],
)
def test_damaged_tasks_are_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TaskError):
        MarksTask.decode_bytes(damage(TASK.to_bytes()))


needs_native = pytest.mark.skipif(
    prover.default_engine().name != "native", reason="the native engine is not built"
)


class Heard:
    """What a recipe reported."""

    def __init__(self) -> None:
        self.phases: list[ProvingPhase] = []
        self.messages: list[str] = []

    def __call__(self, phase: ProvingPhase, message: str) -> None:
        if phase not in self.phases:
            self.phases.append(phase)
        self.messages.append(message)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "store"


@pytest.fixture(scope="module")
def proved(folder: Path) -> tuple[ProvedMarks, Heard]:
    heard = Heard()
    return prove(MarksRecipeFactory(folder)(), TASK.to_bytes(), heard), heard


@needs_native
def test_a_missing_key_is_made_said_and_kept(
    proved: tuple[ProvedMarks, Heard], folder: Path
) -> None:
    result, heard = proved
    assert heard.phases == [
        ProvingPhase.KEY,
        ProvingPhase.WITNESS,
        ProvingPhase.PROOF,
        ProvingPhase.CHECK,
    ]
    assert any("development key" in message for message in heard.messages)
    names = {path.name for path in folder.iterdir() if path.suffix != ".lock"}
    assert names == {f"{result.key_id.hex()}.pk", f"{result.key_id.hex()}.vk.json"}
    again = Heard()
    second = prove(MarksRecipeFactory(folder)(), TASK.to_bytes(), again)
    assert (second.key_id, second.words) == (result.key_id, result.words)
    assert not any("making" in message for message in again.messages)


@needs_native
def test_the_proof_says_these_words_and_verifies(
    proved: tuple[ProvedMarks, Heard], folder: Path
) -> None:
    result, _ = proved
    key = KeyStore(folder).verifying_key_by_id(result.key_id)
    words = [
        int.from_bytes(result.words[i : i + 32], "big") for i in range(0, len(result.words), 32)
    ]
    prover.verify(key, words, prover.Proof.from_bytes(result.proof))
    decoded = decode_words(words, TASK.shape)
    assert (decoded.header, decoded.market) == (HEADER, MARKET)
    with pytest.raises(prover.InvalidProof):
        prover.verify(key, [words[0] + 1, *words[1:]], prover.Proof.from_bytes(result.proof))


@needs_native
def test_a_development_key_is_refused_for_a_public_chain(
    proved: tuple[ProvedMarks, Heard], folder: Path
) -> None:
    task = replace(TASK, header=replace(HEADER, chain_id=1))
    with pytest.raises(JobFailedError, match="unsafe-dev key on chain 1") as caught:
        prove(MarksRecipeFactory(folder)(), task.to_bytes(), Heard())
    assert caught.value.cause is JobCause.KEY_UNAVAILABLE


@needs_native
def test_a_damaged_key_file_fails_the_job_with_the_way_out(
    proved: tuple[ProvedMarks, Heard], folder: Path, tmp_path: Path
) -> None:
    result, _ = proved
    for path in folder.iterdir():
        data = bytearray(path.read_bytes())
        if path.suffix == ".pk":
            data = data[: len(data) // 2]
        (tmp_path / path.name).write_bytes(data)
    with pytest.raises(JobFailedError, match="make or import it again") as caught:
        prove(MarksRecipeFactory(tmp_path)(), TASK.to_bytes(), Heard())
    assert caught.value.cause is JobCause.KEY_UNAVAILABLE
    store = KeyStore(tmp_path)
    vk = tmp_path / f"{result.key_id.hex()}.vk.json"
    vk.rename(tmp_path / f"{'00' * 32}.vk.json")
    with pytest.raises(InvalidKeyError):
        store.verifying_key_by_id(bytes(32))
    vk.write_text("{}")
    with pytest.raises(InvalidKeyError):
        store.verifying_key_by_id(result.key_id)
    for unknown in (b"\x01" * 32, b"short"):
        with pytest.raises(KeyNotFoundError):
            store.verifying_key_by_id(unknown)


def test_the_reference_engine_is_not_asked_for_days(tmp_path: Path) -> None:
    recipe = MarksRecipe(KeyStore(tmp_path), ReferenceEngine())
    with pytest.raises(JobFailedError, match="make native") as caught:
        prove(recipe, TASK.to_bytes(), Heard())
    assert caught.value.cause is JobCause.KEY_UNAVAILABLE


def test_a_payload_that_is_no_task_fails_the_job(tmp_path: Path) -> None:
    recipe = MarksRecipe(KeyStore(tmp_path), prover.default_engine())
    with pytest.raises(JobFailedError):
        prove(recipe, b"?", Heard())
