"""The key store: one key per statement, found again, and refused when it is not what it says."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from circuits.profile import R6, R14
from circuits.statements.option_marks import OptionMarks, Shape
from node.errors import Reason
from node.keys import (
    EngineTooSlowError,
    InvalidKeyError,
    KeyDirectoryError,
    KeyNotFoundError,
    KeyStore,
    NotServedError,
    UnknownStatementError,
    open_verifying_key,
    shape_of_capacity,
    statement_of,
    statement_title,
)
from prover import (
    ProvingKey,
    StatementIdentity,
    default_engine,
    reference,
    sample_toxic_waste,
    setup,
)

SMALL = OptionMarks(Shape(1, 2), profile=R6)
OTHER = OptionMarks(Shape(1, 3), profile=R6)


@pytest.fixture(scope="module")
def key() -> ProvingKey:
    return setup(SMALL.r1cs(), SMALL.description, sample_toxic_waste())


def store_at(directory: Path) -> KeyStore:
    return KeyStore(directory / "keys", test_profiles=True)


def test_a_missing_development_key_is_made_once(tmp_path: Path) -> None:
    store, said = store_at(tmp_path), list[str]()
    assert store.find(SMALL) is None
    made = store.ensure_development_key(SMALL, said.append)
    again = store.ensure_development_key(SMALL, said.append)
    (message,) = said
    assert message.startswith("making the development key of option_marks (")
    assert made.verifying_key.key_id == again.verifying_key.key_id
    assert made.verifying_key.unsafe_dev
    entry = store.find(SMALL)
    assert entry is not None
    assert entry.statement == SMALL
    assert entry.proving_key_bytes == store.path_of(entry.key_id).stat().st_size
    assert store.directory.stat().st_mode & 0o777 == 0o700
    assert store.find(OTHER) is None


def test_development_keys_are_the_same_everywhere(tmp_path: Path) -> None:
    ids = {
        store_at(tmp_path / name).ensure_development_key(SMALL).verifying_key.key_id
        for name in "ab"
    }
    assert len(ids) == 1


def ensure(directory: Path) -> None:
    store_at(directory).ensure_development_key(SMALL, lambda line: print(line, flush=True))


def test_two_processes_make_one_key(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=ensure, args=(tmp_path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert capfd.readouterr().out.count("making the development key") == 1
    assert not list((tmp_path / "keys").glob("*partial*"))
    assert not list((tmp_path / "keys").glob(".*"))


def test_keys_are_found_by_id(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    key_id = store.ensure_development_key(SMALL).verifying_key.key_id
    assert store.verifying_key_by_id(key_id).key_id == key_id
    assert store.proving_key_by_id(key_id).verifying_key.key_id == key_id
    with pytest.raises(KeyNotFoundError, match=r"no key 0000.* in .*keys") as caught:
        store.verifying_key_by_id(bytes(32))
    assert "proofmark setup" in caught.value.help


def test_test_profiles_are_never_served(tmp_path: Path) -> None:
    key_id = store_at(tmp_path).ensure_development_key(SMALL).verifying_key.key_id
    store = KeyStore(tmp_path / "keys")
    assert store.entries() == ()
    for attempt in (
        lambda: store.ensure_development_key(SMALL),
        lambda: store.find(SMALL),
        lambda: store.verifying_key_by_id(key_id),
        lambda: store.proving_key_by_id(key_id),
        lambda: store.add_file(store.path_of(key_id)),
    ):
        with pytest.raises(NotServedError, match="R6 is for tests, expected R14") as caught:
            attempt()
        assert caught.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-100], "ends inside section"),
        (lambda data: data[:5], "ends inside its header"),
        (lambda data: b"", "ends inside its header"),
        (lambda data: b"\x7fELF" + data, "does not start like a key file"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "does not match its digest"),
        (lambda data: data[:8] + b"\x09" + data[9:], "has version 9, expected 1"),
    ],
)
def test_a_damaged_proving_key_is_refused(
    tmp_path: Path, key: ProvingKey, damage: object, message: str
) -> None:
    path = tmp_path / "some.key"
    key.save(path)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    store = store_at(tmp_path)
    with pytest.raises(InvalidKeyError, match=message) as caught:
        store.add_file(path)
    assert caught.value.path == path
    assert caught.value.reason is Reason.KEY_INVALID


def test_a_damaged_key_of_the_store_is_named(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    key_id = store.ensure_development_key(SMALL).verifying_key.key_id
    path = store.path_of(key_id)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InvalidKeyError, match=str(path)):
        store.ensure_development_key(SMALL)
    path.unlink()
    with pytest.raises(KeyNotFoundError, match="no key file"):
        store.proving_key_by_id(key_id)
    assert store.ensure_development_key(SMALL).verifying_key.key_id == key_id


def test_a_key_under_a_foreign_name_is_refused(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    first = store.ensure_development_key(SMALL).verifying_key.key_id
    second = store.ensure_development_key(OTHER).verifying_key.key_id
    store.path_of(first).write_bytes(store.path_of(second).read_bytes())
    with pytest.raises(InvalidKeyError, match="not the expected one"):
        store.proving_key_by_id(first)
    other = store.verifying_path_of(second).read_bytes()
    store.verifying_path_of(first).write_bytes(other)
    with pytest.raises(InvalidKeyError, match="expected the key of its name"):
        store.verifying_key_by_id(first)


def test_keys_from_elsewhere_are_taken_after_the_linter(tmp_path: Path, key: ProvingKey) -> None:
    store = store_at(tmp_path)
    key.save(tmp_path / "some.key")
    key.verifying_key.save(tmp_path / "some.json")
    only_verifying = store.add_file(tmp_path / "some.json")
    assert only_verifying.proving_key_bytes == 0
    assert store.add_file(tmp_path / "some.key").proving_key_bytes > 0
    found = store.find(SMALL)
    assert found is not None
    assert found.key_id == key.verifying_key.key_id


@pytest.mark.parametrize("kind", ["json", "key"])
def test_a_file_cannot_clear_the_mark_of_a_development_key(
    tmp_path: Path, key: ProvingKey, kind: str
) -> None:
    """The mark is not in the key id: with the seed public, cleared means forged on any chain."""
    store, path = store_at(tmp_path), tmp_path / f"some.{kind}"
    key.save(tmp_path / "honest.key")
    store.add_file(tmp_path / "honest.key")
    cleared = replace(key.verifying_key, unsafe_dev=False)
    if kind == "json":
        cleared.save(path)
    else:
        replace(key, verifying_key=cleared).save(path)
    assert cleared.key_id == key.verifying_key.key_id
    with pytest.raises(InvalidKeyError, match="unsafe-dev"):
        store.add_file(path)
    assert store.verifying_key_by_id(cleared.key_id).unsafe_dev


def test_a_verifying_key_of_another_system_is_refused(tmp_path: Path, key: ProvingKey) -> None:
    replace(key.verifying_key, r1cs_digest=bytes(32)).save(tmp_path / "some.json")
    with pytest.raises(InvalidKeyError, match="another constraint system"):
        store_at(tmp_path).add_file(tmp_path / "some.json")


def test_keys_of_unknown_statements_are_left_alone(tmp_path: Path, key: ProvingKey) -> None:
    store = store_at(tmp_path)
    known = store.ensure_development_key(SMALL).verifying_key.key_id
    newer = replace(key.verifying_key.statement, version=2)
    other = replace(key.verifying_key, statement=newer)
    other.save(store.verifying_path_of(other.key_id))
    assert [entry.key_id for entry in store.entries()] == [known]
    with pytest.raises(UnknownStatementError):
        store.verifying_key_by_id(other.key_id)


def test_the_linter_guards_single_files(tmp_path: Path, key: ProvingKey) -> None:
    path = tmp_path / "weak.json"
    weak = replace(key.verifying_key, gamma_g2=key.verifying_key.delta_1_g2)
    weak.save(path)
    with pytest.raises(InvalidKeyError, match="gamma_g2 equals delta_1_g2"):
        open_verifying_key(path, default_engine())
    with pytest.raises(InvalidKeyError, match="gamma_g2 equals delta_1_g2"):
        store_at(tmp_path).add_file(path)
    path.write_text('{"format": "something else"}')
    with pytest.raises(InvalidKeyError, match="no verifying key"):
        open_verifying_key(path, default_engine())
    path.write_text('{"format": ' + "[" * 100_000)
    with pytest.raises(InvalidKeyError, match="nested deeper than 16"):
        open_verifying_key(path, default_engine())
    with pytest.raises(KeyNotFoundError):
        open_verifying_key(tmp_path / "missing", default_engine())
    with pytest.raises(KeyDirectoryError):
        open_verifying_key(tmp_path, default_engine())


def test_the_reference_engine_is_not_asked_for_hours(tmp_path: Path) -> None:
    with pytest.raises(EngineTooSlowError, match="too many for the reference engine") as caught:
        KeyStore(tmp_path).ensure_development_key(OptionMarks(Shape(4)), engine=reference())
    assert "make native" in caught.value.help
    assert not list(tmp_path.iterdir())


def test_an_unusable_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(KeyDirectoryError, match="name another data directory"):
        store_at(tmp_path).ensure_development_key(SMALL)


@pytest.mark.parametrize("greeks", [False, True])
def test_a_description_leads_back_to_its_statement(greeks: bool) -> None:
    statement = OptionMarks(Shape(4), profile=R14, greeks=greeks)
    assert statement_of(StatementIdentity.of(statement.description)) == statement
    assert "64 options (4 x 16), profile R14" in statement_title(statement)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "portfolio_margin"},
        {"version": 2},
        {"word_count": 1},
        {"parameters": b"{}"},
        {"parameters": b"[" * 500},
        {"parameters": b"\xff"},
        {"parameters": json.dumps({"greeks": 0, "groups": 4, "lanes": 16, "profile": 1}).encode()},
        {"parameters": OptionMarks(Shape(4)).description.parameters.replace(b":", b": ")},
    ],
)
def test_another_description_is_refused(change: dict[str, object]) -> None:
    good = StatementIdentity.of(OptionMarks(Shape(4)).description)
    with pytest.raises(UnknownStatementError, match="unknown statement"):
        statement_of(replace(good, **change))  # type: ignore[arg-type]


def test_capacities_are_whole_groups() -> None:
    assert shape_of_capacity(64) == Shape(4)
    for wrong in (0, -16, 20, 4112):
        with pytest.raises(ValueError, match="expected a multiple of 16 up to 4096"):
            shape_of_capacity(wrong)
