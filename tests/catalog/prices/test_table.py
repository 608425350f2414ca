"""The table of sources: each is there, says what it reads, and is imported only when it is asked for."""

import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.prices import table
from planner.catalog.prices.table import SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_what_the_table_calls_it(name: str) -> None:
    source = SOURCES[name]
    assert source.name == name
    assert set(source.required) <= set(source.variables)
    assert set(source.providers) <= {provider.id for provider in load_catalog().providers}
    assert all((told and told[0] != told[0].upper()) or told.isascii() for told in source.variables.values())


def test_an_unknown_name_is_no_source() -> None:
    with pytest.raises(KeyError):
        SOURCES["nobody"]


def test_a_source_is_imported_when_it_is_asked_for_and_not_before() -> None:
    sources = table._Sources({"gone": ("no_such_module", "Gone")})
    assert list(sources) == ["gone"]
    assert len(sources) == 1
    with pytest.raises(ModuleNotFoundError):
        sources["gone"]
