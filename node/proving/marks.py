"""The recipe of marks: task → statement and key → witness, then proof → verified → out.

Runs inside a worker process and keeps the last keys it used open. A proof that its own maker does
not verify never leaves the process.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import prover
from circuits.r1cs import TwoPhaseWitness
from circuits.statements.option_marks import PRODUCT_SHAPES, InputError, OptionMarks
from node.keys import KeyStore, KeyStoreError
from node.proving.errors import JobFailedError, TaskError
from node.proving.ports import ProvedMarks, Report
from node.proving.task import MarksTask
from node.values import JobCause, ProvingPhase
from node.words import join_words
from prover import transcript

#: As many as there are product keys: they are mapped, and what each adds is some ten megabytes,
#: where opening one again takes as long as a small proof.
_KEPT_KEYS = 2 * len(PRODUCT_SHAPES)


@dataclass(frozen=True)
class MarksRecipeFactory:
    """Makes the recipe in the worker; `development_chains` accept unsafe-dev keys.

    `test_profiles` lets tests prove small, inexact statements.
    """

    key_folder: Path
    development_chains: frozenset[int] = prover.DEVELOPMENT_CHAINS
    test_profiles: bool = False

    def __call__(self) -> MarksRecipe:
        """The recipe, with the default engine."""
        return MarksRecipe(
            KeyStore(self.key_folder, test_profiles=self.test_profiles),
            prover.default_engine(),
            self.development_chains,
        )


@dataclass(frozen=True)
class PreparedMarks:
    """A task as far as it goes without proving."""

    key: prover.ProvingKey
    witness: TwoPhaseWitness
    words: tuple[int, ...]
    key_seconds: float
    witness_seconds: float


class MarksRecipe:
    """Proves `option_marks` tasks."""

    def __init__(
        self,
        keys: KeyStore,
        engine: prover.Engine,
        development_chains: frozenset[int] = prover.DEVELOPMENT_CHAINS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._engine = engine
        self._development_chains = development_chains
        self._clock = clock
        self._open: OrderedDict[OptionMarks, prover.ProvingKey] = OrderedDict()

    def prepare(self, payload: bytes, report: Report) -> PreparedMarks:
        """The key, loaded, and every wire; JobFailedError with its cause."""
        started = self._clock()
        try:
            task = MarksTask.decode_bytes(payload)
        except TaskError as error:
            raise JobFailedError(JobCause.INTERNAL, str(error)) from error
        report(ProvingPhase.KEY, "looking for the proving key")
        key = self._key(task, lambda message: report(ProvingPhase.KEY, message))
        keyed = self._clock()
        report(ProvingPhase.WITNESS, f"computing every wire of {task.market.option_count} options")
        try:
            witness = task.option_marks.witness(
                task.header, task.market, numbers=prover.lane_numbers()
            )
        except (InputError, ArithmeticError) as error:
            raise JobFailedError(
                JobCause.INPUT_INVALID, f"no witness for these inputs ({type(error).__name__})"
            ) from error
        return PreparedMarks(
            key=key,
            witness=witness,
            words=tuple(witness.words),
            key_seconds=keyed - started,
            witness_seconds=self._clock() - keyed,
        )

    def finish(self, prepared: PreparedMarks, report: Report) -> ProvedMarks:
        """A verified proof; JobFailedError with its cause."""
        key, words = prepared.key, prepared.words
        started = self._clock()
        report(ProvingPhase.PROOF, f"proving with the {self._engine.name} engine")
        try:
            proof = prover.prove(key, prepared.witness, words, self._engine)
        except prover.ProverError as error:
            raise JobFailedError(
                JobCause.PROVER_FAILED, f"the prover refuses ({type(error).__name__})"
            ) from error
        proved = self._clock()
        report(ProvingPhase.CHECK, "verifying before it leaves the node")
        self._check(key.verifying_key, words, proof)
        return ProvedMarks(
            key_id=key.verifying_key.key_id,
            data_hash=transcript.data_hash(words),
            words=join_words(words),
            proof=proof.to_bytes(),
            key_seconds=prepared.key_seconds,
            witness_seconds=prepared.witness_seconds,
            proof_seconds=proved - started,
            check_seconds=self._clock() - proved,
        )

    def _key(self, task: MarksTask, say: Callable[[str], None]) -> prover.ProvingKey:
        statement = task.option_marks
        try:
            if statement not in self._open:
                self._open[statement] = self._keys.ensure_development_key(
                    statement, say, self._engine
                )
                while len(self._open) > _KEPT_KEYS:
                    self._open.popitem(last=False)
            self._open.move_to_end(statement)
            key = self._open[statement]
            key.loaded(self._engine)
            prover.refuse_chain(key.verifying_key, task.header.chain_id, self._development_chains)
        except (KeyStoreError, prover.ProverError) as error:
            raise JobFailedError(JobCause.KEY_UNAVAILABLE, str(error)) from error
        return key

    def _check(self, key: prover.VerifyingKey, words: tuple[int, ...], proof: prover.Proof) -> None:
        try:
            prover.verify(key, words, proof, self._engine)
        except prover.InvalidProof as error:
            raise JobFailedError(
                JobCause.PROOF_INVALID, f"the node's own proof does not verify: {error}"
            ) from error
