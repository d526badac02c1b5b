"""One gradebook, open for a whole run, in which a submission is noted all at once or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy.exc import DBAPIError, IntegrityError


class Unwilling(Exception):
    """The database does not take what it is sent; `orig` says why. nbgrader would take the database's
    own exception for a mistake in the entry."""

    def __init__(self, problem: DBAPIError):
        super().__init__(str(problem.orig))
        self.orig = problem.orig


class OneGradebook:
    """The gradebook of a class. Inside `looking` and `writing`, whoever opens it is given this one.

    nbgrader's preprocessors each open the gradebook anew, and commit after every cell. Here what they
    do is one transaction: it is kept as a whole when `writing` ends well, and undone otherwise.

    Parameters
    ----------
    url
        Of the database.
    course
        The class's name.
    """

    faults: tuple[type[Exception], ...] = (DBAPIError, Unwilling)
    """What is raised when the database cannot be read or written."""

    def __init__(self, url: str, course: str):
        self.url, self.course = url, course
        self.gradebook = Gradebook(url, course)
        self._session = self.gradebook.db
        self.gradebook.db = _Held(self._session)

    @contextlib.contextmanager
    def looking(self) -> Iterator[Gradebook]:
        """Let the block read; whatever it writes is undone."""
        try:
            with self._handed_out():
                yield self.gradebook
        finally:
            self._undo()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Gradebook]:
        """Let the block write; it is kept when the block ends well."""
        try:
            with self._handed_out():
                yield self.gradebook
            self._session.commit()
        except BaseException:
            self._undo()
            raise
        finally:
            self._session.expunge_all()

    def _undo(self) -> None:
        with contextlib.suppress(*self.faults):
            self._session.rollback()
        self._session.expunge_all()

    def begin_again(self) -> None:
        """Forget the connections: the server may have gone and come back."""
        self._undo()
        with contextlib.suppress(*self.faults):
            self._session.remove()
            self.gradebook.engine.dispose()

    def close(self) -> None:
        """Close the database."""
        self.begin_again()

    @contextlib.contextmanager
    def _handed_out(self) -> Iterator[None]:
        """Give this gradebook to whoever opens it."""
        opened, closed, ours = Gradebook.__init__, Gradebook.close, self

        def __init__(self, db_url: str, course_id: str = "default_course", authenticator=None):
            if db_url != ours.url:
                opened(self, db_url, course_id, authenticator)
                return
            self.engine, self.db = ours.gradebook.engine, ours.gradebook.db
            self.course_id, self.authenticator = course_id, authenticator
            self.check_course(course_id=course_id)

        def close(self):
            if self.db is not ours.gradebook.db:
                closed(self)

        Gradebook.__init__, Gradebook.close = __init__, close
        try:
            yield
        finally:
            Gradebook.__init__, Gradebook.close = opened, closed


class _Held:
    """A database session whose commits are only seen inside: what is read afterwards is read anew."""

    def __init__(self, session: Any):
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def commit(self) -> None:
        """Send what was changed to the database, which keeps it for this transaction only."""
        try:
            self._session.flush()
        except IntegrityError:
            raise
        except DBAPIError as problem:
            raise Unwilling(problem) from problem
        self._session.expire_all()
