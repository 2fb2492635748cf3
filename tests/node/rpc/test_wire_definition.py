"""The .proto sources keep the house style, and node/pb is what they generate."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

protoc: Any = importlib.import_module("grpc_tools.protoc")

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "proto" / "proofmark" / "v1"

# Lines that name the generator's version: they differ between machines, the code does not.
VERSION_LINES = re.compile(
    r"^# Protobuf Python Version: .*$|^    \d+,$|GRPC_GENERATED_VERSION = .*$", re.MULTILINE
)


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory: pytest.TempPathFactory) -> list[FileDescriptorProto]:
    target = tmp_path_factory.mktemp("descriptors") / "set.bin"
    well_known = resources.files("grpc_tools") / "_proto"
    names = sorted(f"node/pb/{path.name}" for path in SOURCES.glob("*.proto"))
    flags = [f"-Inode/pb={SOURCES}", f"-I{well_known}", "--include_source_info"]
    assert protoc.main(["protoc", *flags, f"--descriptor_set_out={target}", *names]) == 0
    return list(FileDescriptorSet.FromString(target.read_bytes()).file)


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("proto_generate", ROOT / "proto" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    fresh = {path.name: path.read_text() for path in _generator().generate(tmp_path)}
    committed = {
        path.name: path.read_text() for path in (ROOT / "node" / "pb").iterdir() if path.is_file()
    }
    assert sorted(fresh) == sorted(committed)
    for name, text in fresh.items():
        assert VERSION_LINES.sub("", text) == VERSION_LINES.sub("", committed[name]), name


def test_every_enum_starts_unspecified_and_prefixes_its_values(
    descriptors: list[FileDescriptorProto],
) -> None:
    enums = [enum for file in descriptors for enum in file.enum_type]
    assert enums
    for enum in enums:
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
        assert enum.value[0].name == prefix + "UNSPECIFIED"
        assert enum.value[0].number == 0
        assert all(value.name.startswith(prefix) for value in enum.value)


def test_every_method_has_its_own_messages(
    descriptors: list[FileDescriptorProto],
) -> None:
    methods = [m for file in descriptors for service in file.service for m in service.method]
    assert [m.name for m in methods] == [
        "QuoteMargin",
        "WhatIf",
        "GetView",
        "SignReport",
        "Quote",
        "SubmitMarks",
        "RelayAttestation",
        "GetJob",
        "WatchJob",
        "GetAttestation",
        "VerifyAttestation",
        "GetCapabilities",
    ]
    for method in methods:
        assert method.input_type == f".proofmark.v1.{method.name}Request"
        assert method.output_type == f".proofmark.v1.{method.name}Response"


def _uncommented(file: FileDescriptorProto) -> Iterator[str]:
    commented = {tuple(loc.path) for loc in file.source_code_info.location if loc.leading_comments}
    # Path numbers: fields 4, 5, 6 of a file are messages, enums, services; 2 their members.
    kinds: list[tuple[int, Iterable[Any]]]
    kinds = [(4, file.message_type), (5, file.enum_type), (6, file.service)]
    for kind, things in kinds:
        for i, thing in enumerate(things):
            if (kind, i) not in commented:
                yield thing.name
            members = {4: "field", 5: "value", 6: "method"}[kind]
            for j, member in enumerate(getattr(thing, members)):
                if (kind, i, 2, j) not in commented:
                    yield f"{thing.name}.{member.name}"


def test_everything_is_commented(descriptors: list[FileDescriptorProto]) -> None:
    assert [name for file in descriptors for name in _uncommented(file)] == []
    assert {file.package for file in descriptors} == {"proofmark.v1"}
