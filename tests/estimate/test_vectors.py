"""Every numeric vector of the domain reference is asserted by a test, or says whose it will be."""

import csv
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
REGISTER = Path(__file__).with_name("vectors.csv")


def register() -> dict[str, str]:
    lines = REGISTER.read_text("utf-8").splitlines()[1:]
    return {row["vector"]: row["where"] for row in csv.DictReader(lines)}


def named() -> set[str]:
    """Vectors that tests of this repository name beside their assertion."""
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        found |= set(re.findall(r"T-\d+\.\d+", path.read_text("utf-8")))
    return found


def test_every_vector_is_asserted() -> None:
    wanted = {vector for vector, where in register().items() if where == "tests"}
    assert len(wanted) > 60
    assert wanted <= named()


def test_no_vector_is_left_that_is_asserted_and_none_is_unknown() -> None:
    later = {vector: where for vector, where in register().items() if where != "tests"}
    assert all(where.startswith("left to ") for where in later.values())
    assert {vector for vector in named() if vector not in register()} == set()
