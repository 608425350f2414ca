"""The table at the end of a batch."""

from pathlib import Path

from planner.batch.order import Tray
from planner.batch.result import Done, Pick
from planner.batch.table import table
from planner.errors import ExitCode
from planner.report.sections.text import columns

DONE = [
    Done(Path("s/a.yaml"), "a", ExitCode.OK, Tray(), "", Pick("knee", "$12.50", "3.0 h", 0.8123), 1.25),
    Done(
        Path("s/b.yaml"), "b", ExitCode.INFEASIBLE, Tray(), "nothing is feasible; raise constraints.max_cost", None, 2
    ),
    Done(Path("s/c.yaml"), "", ExitCode.BAD_INPUT, Tray(), "s/c.yaml:1:1: missing key 'kind' (and 2 more)", None, 0.04),
    Done(Path("s/\x1b[31m.yaml"), "", ExitCode.BUG, Tray(), "its process died", None, 9),
]


def test_a_row_per_scenario_then_reasons_and_a_count() -> None:
    assert table(DONE[:3], 100) == (
        "name    result      decision    cost   time     q   took  scenario\n"
        "a       planned     knee      $12.50  3.0 h  0.81  1.2 s  s/a.yaml\n"
        "b       infeasible                                 2.0 s  s/b.yaml\n"
        "c.yaml  failed                                     0.0 s  s/c.yaml\n"
        "b: nothing is feasible; raise constraints.max_cost\n"
        "s/c.yaml:1:1: missing key 'kind' (and 2 more)\n"
        "1 planned, 1 infeasible, 1 failed; exit code 2\n"
    )


def test_unknown_figures_are_called_so() -> None:
    done = Done(Path("a.yaml"), "a", ExitCode.OK, Tray(), "", Pick("knee", "unknown", "unknown", None))
    assert table([done], 100).splitlines()[1].split()[3:6] == ["unknown"] * 3


def test_it_fits_narrow_terminals_and_drives_none() -> None:
    for width in (30, 50, 80):
        text = table(DONE, width)
        assert all(columns(line) <= width for line in text.splitlines())
        assert "\x1b" not in text
        assert text.count("failed") >= 2
