"""Who guesses a book right, and has everything that is published, is told neither yes nor no.

Every attack is carried out on twins as well, which differ from the product in one secret; they are
confirmed at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from eth_hash.auto import keccak

from circuits.challenge_round import StatementWitness
from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.statements.portfolio_margin import Book, Kind, Opening, commit
from circuits.statements.portfolio_margin.commitment import leg_chunks
from circuits.statements.portfolio_margin.statement import Evidence, PortfolioMargin
from node.margin import BookOpening, MarginRequest
from node.margin.prove import claim_of
from prover import Proof, ProvingKey, default_engine, lane_numbers, prove, transcript
from prover.groth16.prove import prove_deterministic
from tests.privacy.books import ACCOUNT, HEADER, LEGS, VALUER, hidden_book, hidden_opening

COMMITMENT = 7
BLINDING = {"r": 3**150, "s": 5**100, "v": 7**85}
REQUEST = MarginRequest(Kind.COVERED, HEADER)


@dataclass(frozen=True)
class Published:
    """What a proof leaves on chain."""

    words: tuple[int, ...]
    proof: Proof


def witness_of(statement: PortfolioMargin, opened: BookOpening) -> StatementWitness:
    evidence = Evidence(opened.book, VALUER.market, VALUER.parameters, opened.opening)
    return statement.witness(claim_of(REQUEST, opened, VALUER), evidence, lane_numbers())


def publish(
    statement: PortfolioMargin, key: ProvingKey, opened: BookOpening, **known: int
) -> Published:
    """A proof; of a twin where blinding factors are known."""
    witness = witness_of(statement, opened)
    words, engine = witness.words, default_engine()
    if not known:
        return Published(words, prove(key, witness, words, engine))
    blinding = BLINDING | known
    return Published(words, prove_deterministic(key, witness, words, engine, **blinding))


def confirmed_by_points(key: ProvingKey, seen: Published, guess: StatementWitness) -> set[str]:
    """Points of the proof that the guessed assignment explains by itself."""
    engine, vk, loaded = default_engine(), key.verifying_key, key.loaded(default_engine())
    challenge = transcript.challenge(vk.key_id, seen.proof.d_g1, seen.words)
    fingerprint, private = guess.respond(challenge)
    committed = guess.committed()
    public = pack_scalars((1, challenge, fingerprint))
    wires = engine.load_scalars(_joined(public, committed, private))
    a_g1 = engine.combine_g1([vk.alpha_g1, engine.msm_g1(loaded.a_query, wires)], [1, 1])
    b_g2 = engine.combine_g2([vk.beta_g2, engine.msm_g2(loaded.b_g2_query, wires)], [1, 1])
    d_g1 = engine.msm_g1(loaded.committed_query, engine.load_scalars(committed))
    told = {
        "A": a_g1 == seen.proof.a_g1,
        "B": b_g2 == seen.proof.b_g2,
        "D": d_g1 == seen.proof.d_g1,
    }
    return {point for point, is_equal in told.items() if is_equal}


def _joined(*parts: FieldArray) -> FieldArray:
    return np.concatenate([np.asarray(part, dtype=np.uint64) for part in parts])


@pytest.mark.parametrize("name", LEGS)
def test_points_do_not_confirm_even_a_whole_witness(
    statement: PortfolioMargin, key: ProvingKey, name: str
) -> None:
    """The guess includes the salt: the blinding factors hide by themselves."""
    opened = hidden_opening(name)
    seen = publish(statement, key, opened)
    assert confirmed_by_points(key, seen, witness_of(statement, opened)) == set()


@pytest.mark.parametrize(("factor", "point"), [("r", "A"), ("s", "B"), ("v", "D")])
def test_a_twin_without_a_blinding_factor_is_confirmed(
    statement: PortfolioMargin, key: ProvingKey, factor: str, point: str
) -> None:
    opened = hidden_opening("one leg")
    seen = publish(statement, key, opened, **{factor: 0})
    assert confirmed_by_points(key, seen, witness_of(statement, opened)) == {point}
    other = replace(opened, book=replace(opened.book, cash=opened.book.cash + 1))
    assert confirmed_by_points(key, seen, witness_of(statement, other)) == set()


def confirmed_by_difference(
    key: ProvingKey, seen: Sequence[Published], guesses: Sequence[StatementWitness]
) -> bool:
    """Whether two D differ as the guessed assignments do: an equal v would cancel."""
    engine, query = default_engine(), key.loaded(default_engine()).committed_query
    points = [engine.msm_g1(query, engine.load_scalars(each.committed())) for each in guesses]
    ours, theirs = points, [each.proof.d_g1 for each in seen]
    return engine.combine_g1(ours, [1, -1]) == engine.combine_g1(theirs, [1, -1])


def test_two_proofs_do_not_confirm_by_their_difference(
    statement: PortfolioMargin, key: ProvingKey
) -> None:
    made = [hidden_opening("one leg", update) for update in (1, 2)]
    guesses = [witness_of(statement, each) for each in made]
    fresh = [publish(statement, key, each) for each in made]
    assert not confirmed_by_difference(key, fresh, guesses)
    reused = [publish(statement, key, each, v=BLINDING["v"]) for each in made]
    assert confirmed_by_difference(key, reused, guesses)


def guessed_salts(seen: Published) -> Iterator[int]:
    """What a careless owner might take: constants, counters, what is public, hashes of it."""
    yield from range(300)
    public = [*seen.words, ACCOUNT.group, ACCOUNT.account_id, VALUER.market.snapshot_unix]
    for word in public:
        yield word % (1 << 248)
        image = keccak(word.to_bytes(32, "big"))
        yield int.from_bytes(image, "big") >> 8
        yield int.from_bytes(image, "big") % (1 << 248)


def confirmed_by_words(seen: Published, guess: Book, salts: Iterator[int]) -> bool:
    """Whether some salt makes the guessed book the one that is committed."""
    chunks = leg_chunks(guess)
    with pytest.MonkeyPatch.context() as patch:  # the legs are hashed once for all salts
        patch.setattr(
            "circuits.statements.portfolio_margin.commitment.leg_chunks", lambda _: chunks
        )
        return any(
            commit(guess, Opening(ACCOUNT.group, ACCOUNT.account_id, 0, salt))
            == seen.words[COMMITMENT]
            for salt in salts
        )


def observed(statement: PortfolioMargin, opened: BookOpening) -> Published:
    """Words alone: no point is needed to try salts."""
    words = witness_of(statement, opened).words
    return Published(words, Proof(*[None] * 4))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["empty", "one leg"])
def test_a_commitment_does_not_confirm_the_right_book(
    statement: PortfolioMargin, name: str
) -> None:
    seen = observed(statement, hidden_opening(name, update=5))
    earlier = (hidden_opening(name, update).opening.salt for update in range(1, 5))
    salts = [*guessed_salts(seen), *earlier]
    assert not confirmed_by_words(seen, hidden_book(name), iter(salts))


@pytest.mark.parametrize("salt", [0, 5, ACCOUNT.account_id])
def test_a_twin_with_a_guessable_salt_is_confirmed(statement: PortfolioMargin, salt: int) -> None:
    careless = replace(hidden_opening("one leg").opening, salt=salt)
    seen = observed(statement, BookOpening(hidden_book("one leg"), careless, 5))
    assert confirmed_by_words(seen, hidden_book("one leg"), guessed_salts(seen))
    assert not confirmed_by_words(seen, hidden_book("empty"), guessed_salts(seen))


def test_salts_are_new_and_tell_nothing_of_each_other() -> None:
    """Whoever holds one opening has neither the next salt nor the last one."""
    salts = [hidden_opening("one leg", update).opening.salt for update in range(1, 41)]
    other = [
        hidden_opening("one leg", update, replace(ACCOUNT, account_id=1)).opening.salt
        for update in range(1, 41)
    ]
    assert len({*salts, *other}) == 80
    assert all(salt < 1 << 248 for salt in salts)
    distances = [bin(a ^ b).count("1") for a, b in zip(salts, other, strict=True)]
    assert all(80 < distance < 170 for distance in distances)
    differences = {(b - a) % BN254_FR.modulus for a, b in pairwise(salts)}
    assert len(differences) == 39


@pytest.mark.parametrize("name", LEGS)
def test_only_the_commitment_depends_on_the_book(statement: PortfolioMargin, name: str) -> None:
    words = observed(statement, hidden_opening(name)).words
    again = observed(statement, hidden_opening(name, update=2)).words
    others = [observed(statement, hidden_opening(other)).words for other in LEGS if other != name]
    for seen in (again, *others):
        differing = [
            at for at, pair in enumerate(zip(words, seen, strict=True)) if pair[0] != pair[1]
        ]
        assert differing == [COMMITMENT]
        assert bin(words[COMMITMENT] ^ seen[COMMITMENT]).count("1") > 80
