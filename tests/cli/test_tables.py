"""Rows as a table, as Markdown and as JSON."""

import json

from planner.cli.tables import as_json, table

NAN = float("nan")
ROWS = [
    {"name": "a", "usd": 1234.5, "share": 0.12345, "fresh": True, "seen": "-4.0 %"},
    {"name": "bb", "usd": NAN, "share": None, "fresh": False, "seen": "unknown"},
]


def test_words_stand_left_figures_right_and_what_nobody_knows_is_called_so() -> None:
    assert table(ROWS).splitlines() == [
        "name      usd    share  fresh     seen",
        "a       1,234   0.1235  yes     -4.0 %",
        "bb    unknown  unknown  no     unknown",
    ]


def test_markdown_cells_cannot_break_the_table() -> None:
    assert table([{"a": "x|y\nz", "USD": "1.00"}], "markdown").splitlines() == [
        "| a | USD |",
        "| --- | ---: |",
        "| x\\|y z | 1.00 |",
    ]


def test_names_cannot_steer_a_terminal() -> None:
    wild = [{"name": "\x1b[2J\x9b", "n": 1}]
    assert [form for form in ("table", "markdown") if {"\x1b", "\x9b"} & set(table(wild, form))] == []
    assert not {"\x1b", "\x9b"} & set(as_json(wild))


def test_what_is_not_known_is_null_in_json() -> None:
    assert json.loads(as_json([{"a": NAN, "b": [float("inf"), 1.5], "c": None, "d": "é"}])) == [
        {"a": None, "b": [None, 1.5], "c": None, "d": "é"}
    ]
