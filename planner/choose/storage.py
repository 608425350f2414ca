"""Where a sampled search is kept: a study in Optuna's own storage, a SQLite file or a database of a team.

Points come from it and nothing else: what they cost is estimated here, so that a storage cannot forge a figure. Points
go in a generation at a time, each in a transaction of its own; who is killed loses the generation in hand.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.catalog.rows import Floats
from planner.choose.results import Results, as_points
from planner.choose.sampled import Stop
from planner.choose.samplers import distribution, quiet
from planner.choose.variables import Variable
from planner.errors import InputError
from planner.source.excerpt import shortened, visible
from planner.space.samplers import SAMPLERS

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import RDBStorage

PATIENCE_S = 30.0
"""Seconds to wait for a SQLite file that another process writes to, each of the five times that Optuna tries."""
ATTEMPTS, PAUSE_S = 20, 0.1
"""Further attempts to make tables that another process is making, and the seconds before each."""
MOST_TRIALS = 2_000_000
"""Trials of a study that are read."""
_DRIVERS = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}
"""Module of a database's driver → the package that has it, where its name is another."""
_STOPPED = "planner:stopped"
_SHOWN = 200
"""Characters of what a database says that are shown."""


def silent(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where to keep a search, and under which name."""

    place: str
    """File name, or a database's URL."""
    study: str
    """Name of the study: the scenario's, and the digest of all that its figures rest on."""
    must_exist: bool = False
    """Whether only a search that is there already is gone on with."""
    joins: bool = False
    """Whether this process helps another one, which leads; it ends when that one does."""
    tell: Callable[[str], None] = silent
    patience_s: float = PATIENCE_S

    @property
    def shown(self) -> str:
        """The place without a password."""
        if "://" not in self.place:
            return self.place
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            return make_url(self.place).render_as_string(hide_password=True)
        except ArgumentError:
            return "the URL of --storage"


def refuse_sampler(name: str) -> None:
    """Raise InputError where searches by this sampler cannot be kept."""
    if not SAMPLERS[name].stored:
        able = ", ".join(facts.name for facts in SAMPLERS.values() if facts.stored)
        message = f"a search by {name} cannot be kept: its state is code, and a storage is not to run any\n  use {able}"
        raise InputError(message)


class StoredLedger:
    """The points of one study."""

    def __init__(self, study: "Study", keeping: Keeping, variables: Sequence[Variable]) -> None:
        self.study, self.keeping, self.variables = study, keeping, variables
        self.ranges = {v.name: distribution(v) for v in variables if v.free}
        self.seen: set[int] = set()
        self.odd = 0
        self.kept = 0
        """Points that the study holds, as far as this process knows."""

    def pull(self) -> Floats:
        """Points that were added since the last time."""
        from optuna.trial import TrialState

        with _told(self.keeping):
            finished = self.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
            trials = [trial for trial in finished if trial.number not in self.seen]
            rows = [dict(trial.params) for trial in trials]
        self.seen.update(trial.number for trial in trials)
        self.kept = len(self.seen)
        points = as_points(self.variables, rows)
        self.odd += len(trials) - len(points)
        return points

    def push(self, results: Results) -> None:
        """Keep the points of a generation; figures go with them for who looks at the study, not for us."""
        from optuna.trial import create_trial

        free = [(i, v) for i, v in enumerate(self.variables) if v.free]
        with _told(self.keeping):
            for point, losses, violations in zip(
                results.points, results.losses.tolist(), results.violations.tolist(), strict=True
            ):
                trial = create_trial(
                    params={v.name: int(point[i]) if v.whole else float(point[i]) for i, v in free},
                    distributions=dict(self.ranges),
                    values=losses,
                )
                for limit, excess in enumerate(violations):
                    trial.set_constraint(str(limit), excess)
                self.study.add_trial(trial)
                self.kept += 1

    def told_to_stop(self) -> bool:
        """Whether the process that leads has ended the search."""
        if not self.keeping.joins:
            return False
        with _told(self.keeping):
            return bool(self.study.user_attrs.get(_STOPPED))

    def lead(self, going_on: bool) -> None:
        """Open the search to others, unless this process joins one itself."""
        if not self.keeping.joins and self.study.user_attrs.get(_STOPPED):
            self.study.set_user_attr(_STOPPED, "")
        if going_on and not self.keeping.joins:
            from optuna.trial import TrialState

            there = len(self.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))
            self.keeping.tell(f"{self.keeping.shown} holds {there:,} points of this search; it goes on from there")

    def finish(self, stopped: Stop) -> None:
        """Tell the others that the search has ended, and who looks on what was left out."""
        if not self.keeping.joins:
            with _told(self.keeping):
                self.study.set_user_attr(_STOPPED, stopped)
        if self.odd:
            self.keeping.tell(
                f"{self.keeping.shown}: {self.odd:,} trials that fit no point of this search are left out"
            )


@contextmanager
def open_ledger(
    keeping: Keeping | None, variables: Sequence[Variable], objectives: int
) -> Iterator[StoredLedger | None]:
    """The ledger of a search, made where there is none yet; None where nothing is kept.

    Raises InputError with what is wrong with the storage.
    """
    if keeping is None:
        yield None
        return
    with quiet():
        with _told(keeping):
            storage = _connect(keeping)
        try:
            with _told(keeping):
                study, there = _study(keeping, storage, objectives)
                ledger = StoredLedger(study, keeping, variables)
                ledger.lead(there)
            yield ledger
        finally:
            storage.remove_session()
            storage.engine.dispose()


def _study(keeping: Keeping, storage: "RDBStorage", objectives: int) -> tuple["Study", bool]:
    import optuna

    names = [study.study_name for study in storage.get_all_studies()]
    there = keeping.study in names
    if keeping.must_exist and not there:
        raise InputError(_absent(keeping, names))
    study = optuna.create_study(
        storage=storage, study_name=keeping.study, directions=["minimize"] * objectives, load_if_exists=True
    )
    if storage.get_n_trials(study._study_id) > MOST_TRIALS:
        message = f"{keeping.shown}: the study {keeping.study} has more than {MOST_TRIALS:,} trials"
        raise InputError(message)
    return study, there


def _absent(keeping: Keeping, names: Sequence[str]) -> str:
    same = [name for name in names if name.rsplit("@", 1)[0] == keeping.study.rsplit("@", 1)[0]]
    held = ", ".join(_foreign(name) for name in sorted(same or names)[:10]) or "nothing"
    more = f" and {len(same or names) - 10} more" if len(same or names) > 10 else ""
    why = (
        "the scenario, its prices, the catalog or the planner has changed since"
        if same
        else "it is the storage of other scenarios"
        if names
        else "start one with planner plan SCENARIO --storage"
    )
    return f"{keeping.shown} holds no search {keeping.study}: {why}\n  it holds {held}{more}"


def _connect(keeping: Keeping) -> "RDBStorage":
    import optuna

    path = _file(keeping)
    if path is None:
        return _started(lambda: optuna.storages.RDBStorage(keeping.place))
    _look_at(path, keeping)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=keeping.patience_s, check_same_thread=False)
        # A write-ahead log lets workers read while one writes, and needs no disk flush per trial.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA trusted_schema=OFF")
        return connection

    settings = {"creator": connect, "poolclass": _pool()}
    return _started(lambda: optuna.storages.RDBStorage("sqlite://", engine_kwargs=settings))


def _started(connect: "Callable[[], RDBStorage]") -> "RDBStorage":
    """A storage, its tables made where there are none; another process may be making them at the same moment."""
    from sqlalchemy.exc import SQLAlchemyError

    for _ in range(ATTEMPTS):
        try:
            return connect()
        except SQLAlchemyError as error:
            if not any(words in str(error) for words in ("already exists", "UNIQUE constraint", "duplicate key")):
                raise
        time.sleep(PAUSE_S)
    return connect()


def _file(keeping: Keeping) -> Path | None:
    """The SQLite file of a place, None of a server."""
    if "://" not in keeping.place:
        return Path(keeping.place).absolute()
    from sqlalchemy.engine import make_url

    url = make_url(keeping.place)
    if url.get_backend_name() != "sqlite":
        return None
    if url.database in {None, "", ":memory:"}:
        message = f"{keeping.shown} is gone when the planner ends; name a file"
        raise InputError(message)
    return Path(str(url.database)).absolute()


def _pool() -> Any:  # noqa: ANN401 - a class of SQLAlchemy
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _look_at(path: Path, keeping: Keeping) -> None:
    """Refuse what is no SQLite file of Optuna before anything is written to it."""
    if path.is_dir():
        message = f"{keeping.shown} is a folder; name a file in it"
        raise InputError(message)
    if not path.parent.is_dir():
        message = f"{keeping.shown}: there is no folder {path.parent}"
        raise InputError(message)
    if keeping.must_exist and not path.exists():
        message = f"{keeping.shown}: there is no such file; start the search with planner plan SCENARIO --storage"
        raise InputError(message)
    if not path.exists() or not path.stat().st_size:
        return
    mode = "mode=ro"
    if not path.with_name(f"{path.name}-wal").exists():
        # All of it is in this file; opened as if it were writable it would leave a log and an index beside it.
        mode += "&immutable=1"
        if _ends_early(path):
            message = f"{keeping.shown} cannot be used: it is damaged, its end is missing; take a copy of it, or name "
            raise InputError(message + "another file")
    connection = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, timeout=keeping.patience_s)
    try:
        made = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    finally:
        connection.close()
    tables = {name for kind, name in made if kind == "table"}
    # Optuna makes neither views nor triggers: whoever did wants statements of his own to be run.
    if made and ("studies" not in tables or {kind for kind, _ in made} & {"view", "trigger"}):
        message = f"{keeping.shown} is a database of something else; name another file"
        raise InputError(message)


def _ends_early(path: Path) -> bool:
    """Whether a SQLite file is shorter than its header says (https://www.sqlite.org/fileformat.html, 1.3)."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(b"SQLite format 3\0"):
        return False
    if len(header) < 100:
        return True
    size, pages = int.from_bytes(header[16:18]), int.from_bytes(header[28:32])
    # The number of pages counts only where whoever wrote last has kept it.
    counted = header[24:28] == header[92:96]
    return counted and path.stat().st_size < pages * (65_536 if size == 1 else size)


@contextmanager
def _told(keeping: Keeping) -> Iterator[None]:
    """Turn what goes wrong with a database into one message; what was stored before stays stored."""
    import optuna
    import sqlalchemy

    try:
        yield
    except InputError:
        raise
    except (
        sqlite3.Error,
        sqlalchemy.exc.SQLAlchemyError,
        optuna.exceptions.OptunaError,
        ImportError,
        OSError,
    ) as error:
        message = f"{keeping.shown} cannot be used: {_reason(error, keeping)}"
        raise InputError(message) from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RuntimeError) as error:
        message = f"{keeping.shown} cannot be read: {_foreign(str(error)) or type(error).__name__}"
        raise InputError(message) from error


def _foreign(text: str) -> str:
    """The first line of what a database says or holds, short and unable to drive a terminal."""
    return shortened(visible(text.splitlines()[0]), _SHOWN) if text else ""


def _reason(error: BaseException, keeping: Keeping) -> str:
    """The cause, in words."""
    import sqlalchemy

    cause: BaseException = error
    while cause.__cause__ is not None and not isinstance(cause, sqlite3.Error):
        cause = cause.__cause__
    first = _foreign(str(getattr(cause, "orig", None) or cause)) or type(cause).__name__
    if "locked" in first:
        return (
            f"another program has kept it locked for more than {keeping.patience_s:g} s; what was stored before is"
            " kept, run the same command again once it is free"
        )
    if "not a database" in first:
        return "it is no database"
    if "readonly" in first or "unable to open" in first:
        return "it cannot be written"
    if isinstance(cause, (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError)):
        return "it is no URL of a database (sqlite:///FILE, postgresql://…, mysql://…)"
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        driver = _DRIVERS.get(cause.name, cause.name)
        return (
            f"the driver of this database is not installed (no module {_foreign(cause.name)!r}): pip install '{driver}'"
        )
    return first
