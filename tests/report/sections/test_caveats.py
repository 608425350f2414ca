"""Warnings by weight, and assumptions without references that their reader cannot follow."""

import pytest

from planner.outcome import Assumption
from planner.report.sections.caveats import assumed, warnings_of

MEMORY = "chance of running out of memory: knee 34 % (needs 71.3 of 79.2 GiB). One short run settles it: measure"
CUT = "knee: 9 % of the samples are cut at 1,024 tokens"
OTHER = "gcp rents out no such machine"


def test_what_stops_a_run_comes_first_and_names_last_in_one_line() -> None:
    told = warnings_of(
        ["h100 stands for h100-pcie, h100-sxm", "a100 stands for a100-40gb-sxm", OTHER, CUT, MEMORY, "b stands for"]
    )
    assert told == (
        MEMORY, CUT, OTHER, "b stands for", "h100 stands for h100-pcie, h100-sxm; a100 stands for a100-40gb-sxm",
    )  # fmt: skip
    assert warnings_of([OTHER]) == (OTHER,)
    assert warnings_of([]) == ()


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("about 700 kernels a layer at 6 us (DOMAIN 2.1)", "about 700 kernels a layer at 6 us"),
        ("at small micro-batches (prior of DOMAIN 2.3: 0.9 to 1.05)", "at small micro-batches (prior: 0.9 to 1.05)"),
        ("the domain (2.1 of it) is yours", "the domain (2.1 of it) is yours"),
    ],
)
def test_notes_keep_no_references(note: str, told: str) -> None:
    found = assumed(Assumption(key="stack", value="1", tag="E", note=note))
    assert found.note == told
    assert found.evidence == "engineering prior"
