"""What reading from and writing to PostGIS share: safe names, the connection, and errors in words.

Nothing that could be a password gets into a message: a server is told by host, port and database.
"""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, MissingExtraError, OutputError, YrdgisError, all_at_once

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

__all__ = [
    "CATALOG",
    "MAX_NAME_BYTES",
    "RESULTS",
    "SCHEMAS",
    "copy_rows",
    "name_faults",
    "require_names",
    "transaction",
]

logger = logging.getLogger(__name__)

MAX_NAME_BYTES = 63
"""PostgreSQL cuts a longer name without a word, so that two could become one."""

CATALOG, SCHEMAS, RESULTS = "yrdgis_catalog", "yrdgis_schemas", "yrdgis_results"
"""Tables in which a schema of the database keeps what stands in the others."""

_CONNECT_SECONDS = 5
_LOCK = "30s"
_TAKEN = {
    "table": {
        *(CATALOG, SCHEMAS, RESULTS),
        *("spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews"),
    },
    "column": {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "row_no", "geom"},
    "schema": {"information_schema"},
}
_HINTS = {
    "42501": "Ask the owner of the database for the right to do that.",
    "2BP01": "Something else is built on a table that would be replaced; drop that first.",
    "55P03": "Somebody else is using these tables; try again later.",
    "53100": "The disk of the server is full.",
    "0A000": "A view may be built on these tables, or the server is too old.",
}


def name_faults(kind: str, names: Iterable[object]) -> list[str]:
    """A sentence for each name that is not safe as that of a ``schema``, a ``table`` or a ``column``.

    Letters of any script, digits and underscores are; the first is no digit, and there are at most 63 bytes.

    Examples
    --------
    >>> name_faults("column", ["time_min", "备注"])
    []
    >>> name_faults("table", ['towns"; drop table x'])
    ['table \\'towns"; drop table x\\': only letters, digits and underscores, and no digit first']
    """
    faults, seen = [], set()
    for name in names:
        shown = f"{kind} {str(name)[:60]!r}"
        fault = _name_fault(kind, name)
        if fault:
            faults.append(f"{shown}: {fault}")
        elif name in seen:
            faults.append(f"{shown}: stands twice")
        seen.add(name)
    return faults


def _name_fault(kind: str, name: object) -> str:
    if not isinstance(name, str):
        return "the name is no text"
    if not name.isidentifier():
        return "only letters, digits and underscores, and no digit first"
    if unicodedata.normalize("NFC", name) != name:
        return "accents must be part of their letters (Unicode NFC)"
    size = len(name.encode())
    if size > MAX_NAME_BYTES:
        return f"{size} bytes long; PostgreSQL keeps {MAX_NAME_BYTES}"
    if name.casefold() in _TAKEN[kind] or (kind == "schema" and name.casefold().startswith("pg_")):
        return "the name is taken by the database or by yrdgis"
    return ""


def require_names(subject: str, **names: Iterable[object]) -> None:
    """Raise one `InputError` that names every unsafe name; the keywords say what the names are for."""
    faults = [fault for kind, given in names.items() for fault in name_faults(kind, given)]
    if faults:
        raise InputError(all_at_once(f"{subject}: no name for PostgreSQL", faults))


@contextmanager
def transaction(target: str | URL | Engine, *, write: bool) -> Iterator[Connection]:
    """A connection inside one transaction, which is taken back as a whole if the block fails.

    Parameters
    ----------
    target : str, sqlalchemy.URL or sqlalchemy.Engine
        ``postgresql://user@host:port/database``; what it leaves out comes from the environment, as for psql
        (``PGPASSWORD``, ``PGHOST`` and so on, or ``~/.pgpass``).
    write : bool
        Whether the block changes anything; else it sees one state of the database from beginning to end.

    Raises
    ------
    InputError, OutputError
        If the server can't be used, lacks PostGIS, or refuses; without a password in the message.
    MissingExtraError
        If the libraries are not installed.
    """
    sa, psycopg = _libraries()
    engine = _engine(target)
    refusal = _Refusal(engine.url, OutputError if write else InputError)
    try:
        connection = _connected(engine, refusal)
        try:
            level = "READ COMMITTED" if write else "REPEATABLE READ"
            connection.execution_options(isolation_level=level, postgresql_readonly=not write)
            with connection as bound, bound.begin():
                _prepare(bound, refusal)
                yield bound
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            raise refusal.of(error) from None
        finally:
            with suppress(sa.exc.DBAPIError, psycopg.Error):
                connection.close()
    finally:
        if engine is not target:
            engine.dispose()


def copy_rows(
    connection: Connection, schema: str, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Send rows in one go (``COPY``); None is NULL."""
    from psycopg import sql

    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _libraries() -> tuple[Any, Any]:
    try:
        import geoalchemy2  # noqa: F401 - asked for here, so that the message comes before any work
        import psycopg
        import sqlalchemy
    except ImportError as error:
        raise MissingExtraError(
            "PostGIS needs sqlalchemy, geoalchemy2 and psycopg: `pip install 'yrdgis[postgis]'`."
        ) from error
    return sqlalchemy, psycopg


def _engine(target: str | URL | Engine) -> Engine:
    import sqlalchemy as sa

    if isinstance(target, sa.Engine):
        if target.dialect.name != "postgresql" or target.dialect.driver != "psycopg":
            raise InputError(
                f"An engine of {target.dialect.name} with the driver {target.dialect.driver} can't be used;"
                " make it with create_engine('postgresql+psycopg://...')."
            )
        return target
    # a message of the parser may quote the whole address, so none of its words are passed on
    try:
        url = sa.make_url(target)
        backend = url.get_backend_name()
    except (sa.exc.ArgumentError, ValueError, TypeError, AttributeError):
        backend = ""
    if backend not in ("postgresql", "postgres"):
        raise InputError(
            "No address of a PostgreSQL database; expected postgresql://user@host:port/database."
        )
    arguments: dict[str, Any] = {"application_name": "yrdgis"}
    if "connect_timeout" not in url.query and "PGCONNECT_TIMEOUT" not in os.environ:
        arguments["connect_timeout"] = _CONNECT_SECONDS
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool, connect_args=arguments
    )


def _connected(engine: Engine, refusal: _Refusal) -> Connection:
    import psycopg
    import sqlalchemy as sa

    try:
        return engine.connect()
    except (sa.exc.SQLAlchemyError, psycopg.Error, OSError, ValueError, TypeError) as error:
        told = refusal.words(getattr(error, "orig", None) or error)
        raise refusal.kind(
            f"PostgreSQL at {refusal.where} can't be used: {told} Look at host, port, database and user; a"
            " password is taken from PGPASSWORD or ~/.pgpass."
        ) from None


def _prepare(connection: Connection, refusal: _Refusal) -> None:
    """Make sure of PostGIS, and let names mean only what PostgreSQL and PostGIS call so."""
    import sqlalchemy as sa

    home = connection.execute(
        sa.text(
            "SELECT n.nspname FROM pg_catalog.pg_extension e"
            " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
        )
    ).scalar()
    if home is None:
        raise refusal.kind(
            f"{refusal.where}: the database has no PostGIS. Let its owner run `CREATE EXTENSION postgis`."
        )
    path = f"pg_catalog, {connection.dialect.identifier_preparer.quote(home)}"
    setting = sa.text("SELECT set_config(:name, :value, true)")
    connection.execute(setting, {"name": "search_path", "value": path})
    connection.execute(setting, {"name": "lock_timeout", "value": _LOCK})


class _Refusal:
    """Turns what a server says into an error of ours."""

    def __init__(self, url: URL, kind: type[YrdgisError]) -> None:
        self.kind = kind
        self.where = (
            f"{url.host or 'the default host'}{f':{url.port}' if url.port else ''}/{url.database or ''}"
        )
        self._secrets = [str(s) for s in (url.password, url.query.get("password")) if s]
        if os.environ.get("PGPASSWORD"):
            self._secrets.append(os.environ["PGPASSWORD"])

    def of(self, error: Any) -> YrdgisError:
        cause = getattr(error, "orig", None) or error
        state = getattr(cause, "sqlstate", None) or ""
        logger.debug("PostgreSQL refused with %s", state or type(cause).__name__)
        done = " Nothing was changed." if self.kind is OutputError else ""
        hint = _HINTS.get(state, "")
        return self.kind(f"{self.where}: {self.words(cause)}{f' {hint}' if hint else ''}{done}")

    def words(self, cause: Any) -> str:
        """The first sentence of an error, with its detail where somebody depends on something."""
        diagnosis = getattr(cause, "diag", None)
        told = getattr(diagnosis, "message_primary", None) or str(cause).strip().split("\n")[0]
        detail = getattr(diagnosis, "message_detail", None)
        if getattr(cause, "sqlstate", None) == "2BP01" and detail:
            told += f" ({' '.join(detail.split())})"
        for secret in self._secrets:
            told = told.replace(secret, "***")
        return f"{told.rstrip('.')[:300]}."
