"""Settings of the node and its commands.

Precedence: flags, then environment (`PROOFMARK_…`), then a TOML file, then defaults. The file is
the one named by `PROOFMARK_CONFIG` or `--config`, else `config.toml` in the data directory of the
environment, if there is one. No setting holds a secret: keys lie in keystore files, passwords in
files of mode 0600.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from node.errors import NodeError, Reason

__all__ = ["ConfigError", "Settings", "load_settings"]

ENVIRONMENT_PREFIX = "PROOFMARK_"
CONFIG_VARIABLE = "PROOFMARK_CONFIG"
CONFIG_NAME = "config.toml"
PRIVATE_DIRECTORY_MODE = 0o700
_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")


class ConfigError(NodeError):
    """A setting is unknown, malformed or unsafe; the message names all of them."""

    reason: ClassVar[Reason] = Reason.CONFIG_INVALID


class Settings(BaseSettings):
    """Every setting, with its default."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    data_directory: Path = Field(
        default=Path("~/.proofmark"), description="Where keys and store live."
    )
    database_url: str | None = Field(
        default=None,
        description="SQLAlchemy URL of the store; default: SQLite in the data directory.",
    )
    workers: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="Processes that prove side by side; default: two, on one core one.",
    )
    threads_per_worker: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        description="Threads of the native engine in each of them; default: as many as cores.",
    )

    relay_consumers: tuple[str, ...] = Field(
        default=(),
        description="Contracts the relay pays for, besides the deployment's mark board.",
    )
    relay_waiting: int = Field(
        default=256,
        ge=1,
        le=100_000,
        description="Attestations in no block yet, above which none is taken.",
    )
    relay_per_minute: int = Field(
        default=120, ge=1, le=100_000, description="The same looked at in a minute for one caller."
    )
    oracle_max_age_seconds: int = Field(
        default=120, ge=1, le=86_400, description="Oldest market that a signer believes."
    )
    oracle_time_tolerance_seconds: int = Field(
        default=30, ge=0, le=86_400, description="How far a report's time may be from one's own."
    )
    oracle_price_tolerance_bps: int = Field(
        default=50, ge=0, le=10_000, description="The same for prices, in 1e-4 of one's own."
    )
    oracle_volatility_tolerance_bps: int = Field(
        default=500, ge=0, le=10_000, description="The same for volatilities."
    )
    oracle_spot_move_bps: int = Field(
        default=2_000, ge=1, le=100_000, description="A larger move of spot must be seen twice."
    )
    oracle_volatility_move_bps: int = Field(
        default=5_000, ge=1, le=100_000, description="The same at the money, of volatility."
    )
    oracle_parameter_sets: tuple[str, ...] = Field(
        default=("derive_like_33",),
        description="Shipped sets by which margins must be provable in a signed listing.",
    )

    @field_validator("relay_consumers")
    @classmethod
    def _check_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_ADDRESS.fullmatch(address) for address in addresses):
            raise ValueError("an address is 0x and 40 hexadecimal digits")
        return addresses

    @field_validator("data_directory")
    @classmethod
    def _expand(cls, path: Path) -> Path:
        return path.expanduser()

    @field_validator("database_url")
    @classmethod
    def _refuse_password(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).password:
            raise ValueError("a URL with a password in it; put the password into ~/.pgpass")
        return url

    @property
    def keys_directory(self) -> Path:
        """Proving and verifying keys, by digest."""
        return self.data_directory / "keys"

    @property
    def deployments_file(self) -> Path:
        """Where our contracts live, by chain."""
        return self.data_directory / "deployments.json"

    @property
    def oracle_directory(self) -> Path:
        """What this machine's oracle signers have signed."""
        return self.data_directory / "oracle"

    @property
    def relay_consumer_bytes(self) -> frozenset[bytes]:
        """The consumers as 20 bytes each."""
        return frozenset(bytes.fromhex(address[2:]) for address in self.relay_consumers)

    @property
    def store_directory(self) -> Path:
        """The node's database and what belongs to it."""
        return self.data_directory / "store"

    @property
    def store_url(self) -> str:
        """The store's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.store_directory / 'node.sqlite'}"

    def make_directories(self) -> None:
        """Create the data directory and its parts, readable by their owner only."""
        for directory in (self.data_directory, self.keys_directory, self.store_directory):
            try:
                directory.mkdir(mode=PRIVATE_DIRECTORY_MODE, parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(
                    f"data_directory {directory}: {error.strerror}; name another one"
                ) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(config_file: Path | None = None, **flags: Any) -> Settings:
    """The settings in force; flags that are None count as not given. Raises ConfigError."""
    path = config_file or _named_file()
    if path is not None and not path.is_file():
        raise ConfigError(f"{path} is no file; correct --config or {CONFIG_VARIABLE}")
    path = path or _default_file(flags.get("data_directory"))

    class WithFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return WithFile(**given)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_input=False)
        )
        raise ConfigError(f"settings refused: {faults}") from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _named_file() -> Path | None:
    name = os.environ.get(CONFIG_VARIABLE)
    return Path(name).expanduser() if name else None


def _default_file(data_directory: Path | str | None) -> Path | None:
    chosen = data_directory or os.environ.get(f"{ENVIRONMENT_PREFIX}DATA_DIRECTORY")
    default = Settings.model_fields["data_directory"].default
    path = Path(chosen or default).expanduser() / CONFIG_NAME
    return path if path.is_file() else None
