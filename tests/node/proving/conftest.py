from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import structlog

from node.proving import ProvingService, ProvingSettings
from node.proving.ports import RecipeFactory
from tests.node.proving.queues import MemoryQueue
from tests.node.proving.recipes import ScriptedRecipe

Run = Callable[..., ProvingService]


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def run() -> Iterator[Run]:
    running: list[ProvingService] = []

    def start(
        queue: MemoryQueue, factory: RecipeFactory = ScriptedRecipe, **settings: float
    ) -> ProvingService:
        service = ProvingService(
            queue,
            factory,
            settings=ProvingSettings(**{"workers": 1, **settings}),  # type: ignore[arg-type]
        )
        running.append(service)
        service.start()
        return service

    yield start
    for service in running:
        service.stop()
