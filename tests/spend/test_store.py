"""The tables of a review: dimensions of a scenario's own stand in them, whatever they are called."""

import pytest
from pydantic import TypeAdapter, ValidationError

from planner.scenario.spend_rules import CHARGE_COLUMNS, DIMENSIONS, TABLE_COLUMNS, OwnDimension
from planner.spend.store import DIMENSIONED
from tests.spend.made import made


def test_a_name_that_a_table_has_is_refused_where_it_is_written() -> None:
    with made(dimensions=()) as store:
        columns = {name for table in DIMENSIONED for (name, *_) in store.rows(f"DESCRIBE {table}")}
    assert columns <= {*CHARGE_COLUMNS, *TABLE_COLUMNS}
    with pytest.raises(ValidationError, match="deployment is a column of bills or logs"):
        TypeAdapter(OwnDimension).validate_python("deployment")
    with pytest.raises(ValidationError, match="service is a column of the bill;"):
        TypeAdapter(OwnDimension).validate_python("service")


def test_a_word_of_sql_is_a_name_like_any_other() -> None:
    assert TypeAdapter(OwnDimension).validate_python("group") == "group"
    with made({"cells": [{"group": "a", "order": "b"}]}, dimensions=(*DIMENSIONS, "group", "order")) as store:
        assert store.rows('SELECT "group", "order" FROM cells') == [("a", "b")]
