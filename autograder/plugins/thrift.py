"""What nbgrader pays for again and again, paid once: the check of its own schema, the set-up of a
database, a commit for each cell.

`install` puts small patches in place; grades, files and messages stay what they were. What is kept
is nothing of a submission.
"""

from __future__ import annotations

import os
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
from nbformat import validate
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader import api
from nbgrader.nbgraderformat import common
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import configure_mappers, scoped_session, sessionmaker


class _Known:
    """A database that was set up in this process."""

    def __init__(self, engine: Engine, file: tuple[int, int] | None):
        self.engine, self.file, self.process = engine, file, os.getpid()
        self.courses: set[str] = set()


_known: dict[str, _Known] = {}
_validators: dict[int, tuple[Any, Any]] = {}
_opened = api.Gradebook.__init__


def install() -> None:
    """Put the patches in place; a second time changes nothing."""
    common.jsonschema = _Schemas("jsonschema")
    if api.Gradebook.__init__ is _opened:
        api.Gradebook.__init__ = _open


def warm() -> None:
    """Pay what the first notebook of a process would pay for: who is forked afterwards has it."""
    import numpy.random  # noqa: F401 - for who is forked from here

    nb = new_notebook(cells=[new_code_cell("1", id="one"), new_markdown_cell("x", id="two")])
    for relaxed in (False, True):  # nbformat compiles its schema once for each
        validate(nb, relax_add_props=relaxed)
    new_output("stream", name="stdout", text="x")
    configure_mappers()
    create_engine("sqlite://").dispose()


class _Schemas(types.ModuleType):
    """The module jsonschema, but a schema is checked and compiled only the first time."""

    def __getattr__(self, name: str) -> Any:
        return getattr(jsonschema, name)

    @staticmethod
    def validate(instance: Any, schema: Any) -> None:
        """As `jsonschema.validate`: raises ValidationError, or SchemaError for a wrong schema."""
        kept = _validators.get(id(schema))
        if kept is None:
            kind = jsonschema.validators.validator_for(schema)
            kind.check_schema(schema)
            # the schema is kept too, so that no other can ever have its id
            kept = _validators[id(schema)] = schema, kind(schema)
        found = jsonschema.exceptions.best_match(kept[1].iter_errors(instance))
        if found is not None:
            raise found


def _open(
    self: api.Gradebook, db_url: str, course_id: str = "default_course", authenticator: Any = None
) -> None:
    """Open a gradebook with the engine of an earlier one, if it is the same database still.

    What is kept is how its statements are written in SQL, and that its tables are there; no
    connection: closing a gradebook closes its own. An engine that came over a fork gets a new pool
    and leaves its parent's connections alone.
    """
    known, file = _known.get(db_url), _file_of(db_url)
    if known is None or known.file != file:
        _opened(self, db_url, course_id, authenticator)
        known = _known[db_url] = _Known(self.engine, _file_of(db_url))
        known.courses.add(course_id)
        return
    if known.process != os.getpid():
        known.engine.dispose(close=False)
        known.process = os.getpid()
    self.engine = known.engine
    self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
    if course_id not in known.courses:
        self.check_course(course_id=course_id)
        known.courses.add(course_id)
    self.course_id, self.authenticator = course_id, authenticator


def _file_of(db_url: str) -> tuple[int, int] | None:
    """Which file a database of SQLite is, and None for others and where there is no file; another
    one may come in its place."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    try:
        info = Path(url.database).stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


@contextmanager
def one_commit(gradebook: api.Gradebook) -> Iterator[api.Gradebook]:
    """Write what is done to a gradebook in the block all at once or, after an error, not at all."""
    commit = gradebook.db.commit
    gradebook.db.commit = gradebook.db.flush
    try:
        yield gradebook
        commit()
    finally:
        del gradebook.db.commit
