"""The recipes in CONTRIBUTING.md name files, folders and targets that exist."""

import re

import pytest

from tests.project.checkout import ROOT, make, told

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
QUOTED = sorted(set(re.findall(r"`([^`\n]+)`", TEXT)))
PATHS = [
    name for name in QUOTED if "/" in name or name.endswith((".md", ".toml")) or name in ("scenarios", "templates")
]
TARGETS = [name.removeprefix("make ") for name in QUOTED if name.startswith("make ")]


@pytest.mark.parametrize("path", PATHS)
def test_a_recipe_names_a_place_that_exists(path: str) -> None:
    place = ROOT / path
    assert place.is_file() or any(place.iterdir())


@pytest.mark.parametrize("target", TARGETS)
def test_a_recipe_names_a_target_that_exists(target: str) -> None:
    result = make("-n", *target.split())
    assert result.returncode == 0, told(result)
