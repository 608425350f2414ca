"""Searches kept in a storage: points alone come back, and whatever is wrong with the storage is one message."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest

from planner.choose.results import Results
from planner.choose.storage import Keeping, open_ledger, refuse_sampler
from planner.choose.variables import Variable
from planner.errors import InputError

VARIABLES = [
    Variable("kind", 0, 3, whole=True, choice=True),
    Variable("x", 0.0, 1.0),
    Variable("one", 5, 5, whole=True),
]
POINTS = np.array([[1, 0.25, 5], [2, 0.75, 5], [3, 1.0, 5]])
FOUND = Results(POINTS, np.ones((3, 2)), np.array([[0.0], [0.5], [-1.0]]))


def keeping(path: Path | str, study: str = "small@1", **changes: Any) -> Keeping:
    return Keeping(str(path), study, **{"patience_s": 0.2} | changes)


def fill(path: Path | str, study: str = "small@1") -> None:
    with open_ledger(keeping(path, study), VARIABLES, 2) as ledger:
        assert ledger is not None
        ledger.push(FOUND)


def test_points_come_back_once_and_in_order(tmp_path: Path) -> None:
    fill(tmp_path / "s.db")
    with open_ledger(keeping(tmp_path / "s.db"), VARIABLES, 2) as ledger:
        assert ledger is not None
        assert (ledger.pull() == POINTS).all()
        assert len(ledger.pull()) == 0
        ledger.push(FOUND.take(np.array([0])))
        assert (ledger.pull() == POINTS[:1]).all()


def test_optuna_reads_what_is_kept(tmp_path: Path) -> None:
    """So that its dashboard shows a search: values, and limits by how much they are broken."""
    fill(tmp_path / "s.db")
    study = optuna.load_study(study_name="small@1", storage=f"sqlite:///{tmp_path / 's.db'}")
    trials = study.get_trials()
    assert [trial.params for trial in trials] == [{"kind": 1, "x": 0.25}, {"kind": 2, "x": 0.75}, {"kind": 3, "x": 1.0}]
    assert [trial.values for trial in trials] == [[1.0, 1.0]] * 3
    assert [trial.constraints for trial in trials] == [{"0": 0.0}, {"0": 0.5}, {"0": -1.0}]


def test_without_a_storage_there_is_no_ledger() -> None:
    with open_ledger(None, VARIABLES, 2) as ledger:
        assert ledger is None


def test_who_leads_ends_it_and_opens_it_again(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with (
        open_ledger(keeping(path), VARIABLES, 2) as lead,
        open_ledger(keeping(path, joins=True), VARIABLES, 2) as help_,
    ):
        assert lead is not None
        assert help_ is not None
        assert not help_.told_to_stop()
        lead.finish("converged")
        assert help_.told_to_stop()
        assert not lead.told_to_stop()
        with open_ledger(keeping(path), VARIABLES, 2):
            assert not help_.told_to_stop()


def test_it_says_what_is_there(tmp_path: Path) -> None:
    told: list[str] = []
    fill(tmp_path / "s.db")
    with open_ledger(keeping(tmp_path / "s.db", tell=told.append), VARIABLES, 2):
        pass
    assert told == [f"{tmp_path / 's.db'} holds 3 points of this search; it goes on from there"]


def test_forged_trials_are_left_out(tmp_path: Path) -> None:
    """What does not fit the variables makes no point, and values are never read."""
    path, told = tmp_path / "s.db", list[str]()
    fill(path)
    study = optuna.load_study(study_name="small@1", storage=f"sqlite:///{path}")
    far = optuna.distributions.FloatDistribution(0, 1e9)
    study.add_trial(optuna.create_trial(params={"x": 1e9}, distributions={"x": far}, values=[-1e9, -1e9]))
    with open_ledger(keeping(path, tell=told.append), VARIABLES, 2) as ledger:
        assert ledger is not None
        assert (ledger.pull() == POINTS).all()
        ledger.finish("limit")
    assert told[-1] == f"{path}: 1 trials that fit no point of this search are left out"


def refused(place: Keeping) -> str:
    with pytest.raises(InputError) as caught, open_ledger(place, VARIABLES, 2):
        pass
    return str(caught.value)


def test_a_search_that_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    absent = refused(keeping(path, must_exist=True))
    assert absent == f"{path}: there is no such file; start the search with planner plan SCENARIO --storage"
    assert not path.exists()
    fill(path, "other@1")
    assert refused(keeping(path, must_exist=True)) == (
        f"{path} holds no search small@1: it is the storage of other scenarios\n  it holds other@1"
    )
    fill(path, "small@2")
    assert refused(keeping(path, must_exist=True)) == (
        f"{path} holds no search small@1: the scenario, its prices, the catalog or the planner has changed since\n"
        "  it holds small@2"
    )


def test_files_that_are_no_storage(tmp_path: Path) -> None:
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database at all, but long enough to have a header of its own: " * 40)
    assert refused(keeping(text)) == f"{text} cannot be used: it is no database"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = other.read_bytes()
    assert refused(keeping(other)) == f"{other} is a database of something else; name another file"
    assert other.read_bytes() == before
    assert refused(keeping(tmp_path)) == f"{tmp_path} is a folder; name a file in it"
    assert (
        refused(keeping(tmp_path / "no" / "s.db"))
        == f"{tmp_path / 'no' / 's.db'}: there is no folder {tmp_path / 'no'}"
    )
    assert refused(keeping("/proc/planner.db")) == "/proc/planner.db cannot be used: it cannot be written"


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TRIGGER t AFTER INSERT ON trials BEGIN DELETE FROM trials; END",
        "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT * FROM n",
    ],
)
def test_a_database_with_statements_of_its_own(tmp_path: Path, made: str) -> None:
    path = tmp_path / "s.db"
    fill(path)
    altered(path, made)
    assert refused(keeping(path)) == f"{path} is a database of something else; name another file"


def altered(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trial_params SET param_value = 99 WHERE param_name = 'kind'",
        "UPDATE trial_params SET param_value = 9e999",
        "UPDATE trial_params SET distribution_json = '[]'",
        "UPDATE trials SET state = char(27) || '[31mNOPE'",
        "UPDATE trial_system_attributes SET value_json = '{'",
    ],
)
def test_trials_that_cannot_be_read(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "s.db"
    fill(path)
    altered(path, statement)
    said = refused(keeping(path))
    assert said.startswith(f"{path} cannot be read: ")
    assert said.isprintable()


def test_foreign_names_cannot_drive_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    fill(path, "\x1b[31mother@1")
    assert refused(keeping(path, must_exist=True)).endswith("it holds \\x1b[31mother@1")


def test_a_file_by_its_address_is_the_file(tmp_path: Path) -> None:
    """Looked at before anything is written to it, and with a log that lets others read."""
    path = tmp_path / "s.db"
    fill(f"sqlite:///{path}")
    with open_ledger(keeping(path, must_exist=True), VARIABLES, 2) as ledger:
        assert ledger is not None
        assert len(ledger.pull()) == 3
    altered(path, "CREATE VIEW v AS SELECT 1")
    assert "a database of something else" in refused(keeping(f"sqlite:///{path}"))
    assert refused(keeping("sqlite://")) == "sqlite:// is gone when the planner ends; name a file"


def test_several_may_start_at_once(tmp_path: Path) -> None:
    """All of them find no tables, and make them."""
    path = tmp_path / "s.db"
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(fill, path) for _ in range(4)]:
            done.result()
    with open_ledger(keeping(path), VARIABLES, 2) as ledger:
        assert ledger is not None
        assert len(ledger.pull()) == 12


def test_addresses_of_databases() -> None:
    hidden = refused(keeping("nosuch://planner:secret@db/search"))
    assert hidden.startswith("nosuch://planner:***@db/search cannot be used: it is no URL of a database")
    assert "secret" not in refused(keeping("postgresql://planner:secret@127.0.0.1:1/search"))


def test_a_locked_file_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # Optuna tries a write five times, with pauses
    path = tmp_path / "s.db"
    fill(path)
    with open_ledger(keeping(path), VARIABLES, 2) as ledger:
        assert ledger is not None
        other = sqlite3.connect(path)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InputError, match=r"locked for more than 0\.2 s; what was stored before is kept"):
            ledger.push(FOUND)
        other.rollback()
        ledger.push(FOUND.take(np.array([0])))
        other.close()
    with open_ledger(keeping(path), VARIABLES, 2) as ledger:
        assert ledger is not None
        assert len(ledger.pull()) == 4


def test_a_sampler_whose_state_is_code() -> None:
    refuse_sampler("nsga2")
    with pytest.raises(InputError, match="cmaes cannot be kept"):
        refuse_sampler("cmaes")
