"""Which column is meant, and what is said where none is."""

from planner.spend.reading.naming import Wanted
from planner.spend.reading.run_columns import COLUMNS


def test_a_mistyped_key_is_held_against_all_names_of_columns() -> None:
    (problem,) = Wanted.of(COLUMNS, {}, {"start_tme": "Beginn"}).strange("runs.csv")
    assert problem.hint == "did you mean 'start_time'?"


def test_a_column_that_is_taken_is_not_guessed_for_another() -> None:
    wanted = Wanted.of(COLUMNS, {}, {"gpu": "Karte"})
    paths = [("Karte",), ("Anzahl",)]
    (problem,) = wanted.complaints("runs.csv", paths, wanted.among(paths), ["started"])
    assert (problem.message, problem.hint) == ("has no column start", "it has 'Karte', 'Anzahl'")
    (problem,) = wanted.complaints("runs.csv", [*paths, ("Beginn",)], wanted.among(paths), ["started"])
    assert problem.hint == "is 'Beginn' meant to be it? say so with columns: {start: Beginn}"
