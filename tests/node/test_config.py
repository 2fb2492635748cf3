"""Settings: precedence, refusals, no secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.config import ConfigError, load_settings


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA_DIRECTORY", "DATABASE_URL"):
        monkeypatch.delenv(f"PROOFMARK_{name}", raising=False)


def test_defaults_lie_below_the_home_directory(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.data_directory == tmp_path / ".proofmark"
    assert settings.store_url == f"sqlite:///{tmp_path}/.proofmark/store/node.sqlite"
    settings.make_directories()
    assert settings.keys_directory.stat().st_mode & 0o777 == 0o700


def test_flags_win_over_environment_over_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "node.toml"
    config.write_text(
        'data_directory = "/file"\ndatabase_url = "sqlite:///file"\n', encoding="utf-8"
    )
    assert load_settings(config).data_directory == Path("/file")
    monkeypatch.setenv("PROOFMARK_CONFIG", str(config))
    monkeypatch.setenv("PROOFMARK_DATA_DIRECTORY", "/environment")
    assert load_settings().data_directory == Path("/environment")
    settings = load_settings(data_directory=Path("/flag"), database_url=None)
    assert settings.data_directory == Path("/flag")
    assert settings.store_url == "sqlite:///file"


def test_the_shape_of_the_proving_room_is_a_setting(tmp_path: Path) -> None:
    assert (load_settings().workers, load_settings().threads_per_worker) == (None, None)
    (tmp_path / "config.toml").write_text("workers = 3\nthreads_per_worker = 4\n", "utf-8")
    settings = load_settings(data_directory=tmp_path)
    assert (settings.workers, settings.threads_per_worker) == (3, 4)


def test_the_file_in_the_data_directory_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('database_url = "sqlite:///x"\n', encoding="utf-8")
    assert load_settings(data_directory=tmp_path).store_url == "sqlite:///x"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('private_key = "0x1"\n', "private_key: Extra inputs are not permitted"),
        ('database_url = "postgresql://me:secret@host/db"\n', "put the password into ~/.pgpass"),
        ("data_directory = \n", "Invalid value"),
        ("workers = 0\n", "workers: Input should be greater than or equal to 1"),
    ],
)
def test_bad_settings_are_refused_without_their_values(
    tmp_path: Path, content: str, message: str
) -> None:
    config = tmp_path / "node.toml"
    config.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        load_settings(config)
    assert "secret" not in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no file"):
        load_settings(tmp_path / "missing.toml")
