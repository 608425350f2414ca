"""Templates that users write: what they can say, what they cannot do, and that no value breaks out of its place."""

import json
from typing import Any

import pytest

from planner.hosts.template import TemplateBodyError, compile_template, fill

HOSTILE = '", "admin": true, "x": "\n{{ 7 * 7 }}{% raw %}\\'
VALUES: dict[str, Any] = {
    "title": HOSTILE, "cost": 41.5, "nothing": None, "facts": [{"name": "Cost", "value": "$41"}], "on": True,
}  # fmt: skip


def test_a_value_cannot_end_the_string_it_stands_in() -> None:
    source = '{"text": "{{ title }}", "facts": {{ facts | tojson }}, "cost": {{ cost }}, "none": {{ nothing }}}'
    body = fill(source, VALUES, as_json=True)
    assert json.loads(body) == {"text": HOSTILE, "facts": VALUES["facts"], "cost": 41.5, "none": None}


def test_text_that_is_no_json_is_left_as_it_is() -> None:
    body = fill("{{ title }} {{ nothing }} {{ on }} {{ cost * 2 }} {{ (cost / 2) | round(1) }}", VALUES, as_json=False)
    assert body == f"{HOSTILE} unknown True 83.0 20.8"


def test_loops_and_conditions() -> None:
    source = "{% for fact in facts if fact.value %}{{ loop.index }}. {{ fact.name }}{% else %}none{% endfor %}"
    assert fill(source, VALUES, as_json=False) == "1. Cost"
    assert fill(source, VALUES | {"facts": []}, as_json=False) == "none"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ title.upper() }}", "a call may not be used"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "a call may not be used"),
        ("{% set x = 1 %}", "set may not be used"),
        ("{% include 'x' %}", "include may not be used"),
        ("{% extends 'x' %}", "extends may not be used"),
        ("{% import 'x' as y %}", "import may not be used"),
        ("{% macro m() %}{% endmacro %}", "macro may not be used"),
        ("{{ '%1000000000d' % 1 }}", "% may not be used"),
        ("{{ 9 ** 9999999 }}", "** may not be used"),
        ("{{ title | replace('a', 'aa') }}", "No filter named 'replace'"),
        ("{{ title | attr('x') }}", "No filter named 'attr'"),
        ("{{ title is callable }}", "No test named 'callable'"),
        ("{% for a in facts %}{% for b in facts %}{% for c in facts %}{% endfor %}{% endfor %}{% endfor %}", "nested"),
        ("{% for a in facts recursive %}{% endfor %}", "recursive"),
        ("{{ ''.__class__.__mro__ }}", "line 1 of the template: '__mro__' may not be used here"),
        ("{{ ''['__class__'] }}", "'__class__' may not be used here"),
        ("{% for x in ().__class__.__bases__ %}{% endfor %}", "'__bases__' may not be used here"),
        ("{{ title if title.__doc__ }}", "'__doc__' may not be used here"),
        ("{{ title", "line 1 of the template"),
        ("{{ " + "(" * 2500 + "1" + ")" * 2500 + " }}", "cannot be read"),
    ],
)
def test_what_could_run_away_is_refused_before_it_runs(source: str, words: str) -> None:
    with pytest.raises(TemplateBodyError) as caught:
        compile_template(source)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ missing }}", "'missing' is undefined"),
        ("{{ range }}", "'range' is undefined"),
        ("{{ 'x' * 1000000000 }}", "* takes two numbers"),
        ("{{ title['__cla' ~ 'ss__'] }}", "unsafe"),
        ("{{ cost / 0 }}", "division by zero"),
        (
            "{% for a in facts %}{% for b in facts %}{{ long }}{% endfor %}{% endfor %}",
            "longer than 100,000 characters",
        ),
    ],
)
def test_what_cannot_be_filled_in(source: str, words: str) -> None:
    with pytest.raises(TemplateBodyError) as caught:
        fill(source, VALUES | {"long": "x" * 60_000, "facts": [1, 2]}, as_json=False)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "source", ["{{ title }}", '{"a": {{ bad }}}', '{"a": NaN}', '{"a": "{{ title | tojson }}"}', "{"]
)
def test_what_makes_no_json(source: str) -> None:
    with pytest.raises(TemplateBodyError):
        fill(source, VALUES | {"bad": float("nan")}, as_json=True)
