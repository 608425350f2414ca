"""The table of targets is whole, and what it says of each is so."""

import dataclasses
import importlib
from pathlib import Path

import planner.export
from planner.export.asked import Asked
from planner.export.targets import TARGETS


def test_every_target_stands_in_the_table() -> None:
    folder = Path(planner.export.__path__[0])
    modules = {f"planner.export.{path.parent.name}.export" for path in folder.glob("*/export.py")}
    assert {target.module for target in TARGETS.values()} == modules
    assert all(callable(importlib.import_module(module).export) for module in modules)


def test_every_option_is_a_field_and_every_field_is_for_a_target() -> None:
    fields = {field.name for field in dataclasses.fields(Asked)}
    used = {option for target in TARGETS.values() for option in target.options}
    assert fields - used == {"suffix"}  # which the name of the file says
    assert used <= fields
