"""A PostGIS database for the tests that need one: YRDGIS_TEST_POSTGIS, as `scripts/postgis start DIR` prints it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture(scope="session")
def postgis_url() -> str:
    """URL of a database that may be written to, by somebody who may make roles and databases."""
    url = os.environ.get("YRDGIS_TEST_POSTGIS")
    if not url:
        pytest.skip("no PostGIS: set YRDGIS_TEST_POSTGIS to the URL that `scripts/postgis start DIR` prints")
    return url


@pytest.fixture(scope="session")
def engine(postgis_url: str) -> Iterator[Engine]:
    """An engine on it, for what the tests do to the database behind the back of yrdgis."""
    import sqlalchemy as sa

    url = sa.make_url(postgis_url).set(drivername="postgresql+psycopg")
    made = sa.create_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def schema(engine: Engine) -> Iterator[str]:
    """Name of a schema that is not there yet, and is gone after the test."""
    import sqlalchemy as sa

    name = f"test_{secrets.token_hex(6)}"
    yield name
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
