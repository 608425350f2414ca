"""What a template of a stranger may make: little, whichever way it goes about it."""

import pytest
from jinja2.exceptions import SecurityError

from planner.report.printing.sandbox import Sandbox

GROWS = "{%- set box = namespace(text='xy', many=[1]) -%}{%- for turn in range(40) -%}"
HUGE = 10**9


def printed(text: str) -> str:
    return Sandbox(autoescape=True).from_string(text).render()


@pytest.mark.parametrize(
    "body",
    [
        GROWS + "{% set box.text = box.text ~ box.text %}{% endfor %}",
        GROWS + "{% set box.text = box.text + box.text %}{% endfor %}",
        GROWS + "{% set box.many = box.many + box.many %}{% endfor %}",
        GROWS + "{% set box.text %}{{ box.text }}{{ box.text }}{% endset %}{% endfor %}",
        GROWS + "{% set box.text = [box.text, box.text] | join %}{% endfor %}",
        GROWS + "{% set box.text = box.text.join([box.text, box.text, box.text]) %}{% endfor %}",
        GROWS + "{% set box.text = box.text | replace('x', 'xx') %}{% endfor %}",
        GROWS + "{% set box.text = box.text.replace('x', 'xx') %}{% endfor %}",
        "{% macro two(text) %}{{ text }}{{ text }}{% endmacro %}"
        + GROWS
        + "{% set box.text = two(box.text) %}{% endfor %}",
        "{{ 'x' | replace('x', 'y' * 99999) | replace('y', 'z' * 99999) }}",
        "{{ ([{'a': 'x' * 99999}] * 99999) | join(',', attribute='a') }}",
        "{{ ('x' * 99999).translate({120: 'y' * 99999}) }}",
        *(
            f"{{{{ {made} }}}}"
            for made in (
                f"'x' | center({HUGE})", f"'x'.center({HUGE})", f"'x'.ljust({HUGE})", f"'x'.zfill({HUGE})",
                f"'x'.encode().rjust({HUGE})", f"'\t'.expandtabs({HUGE})", f"(5).to_bytes({HUGE}, 'big')",
                f"'x' | indent({HUGE}, true)", f"'x' | indent(width={HUGE})", f"[1] | batch({HUGE}, 'x') | list",
                f"[1] | slice({HUGE}) | list", f"1.5 | round({HUGE})", f"[1] | tojson({HUGE})",
                f"'%{HUGE}d' | format(1)", f"'{{:{HUGE}}}'.format(1)", f"'{{:{{}}}}'.format(1, {HUGE})",
                f"'{{x:{HUGE}}}'.format_map({{'x': 1}})",
            )
        ),
    ],
)  # fmt: skip
def test_nothing_large_is_made_of_little(body: str) -> None:
    with pytest.raises(SecurityError, match="too large"):
        printed(body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ 'a' ~ 1 ~ '<' }}", "a1&lt;"),
        ("{{ 'a' + 'b' }}{{ 1 + 2 }}{{ 7 % 4 }}{{ [1] + [2] }}", "ab33[1, 2]"),
        ("{{ ['a', 'b'] | join(', ') }}{{ [{'n': 1}, {'n': 2}] | join('-', attribute='n') }}", "a, b1-2"),
        ("{{ '-'.join(['a', 'b']) }}{{ 'ab'.replace('a', 'c') }}{{ 'ab' | replace('b', '<') }}", "a-bcba&lt;"),
        ("{{ 'a' | center(5) }}|{{ 'a\nb' | indent(2) }}|{{ 3.14159 | round(2) }}", "  a  |a\n  b|3.14"),
        ("{{ '%5.1f' | format(2.25) }}{{ '{:>4}'.format(7) }}{{ '%d' % 3 }}", "  2.2   73"),
        ("{{ [1, 2, 3] | batch(2) | list }}{{ {'a': 1} | tojson }}", '[[1, 2], [3]]{"a": 1}'),
        ("{% macro two(text) %}{{ text }}{{ text }}{% endmacro %}{{ two('<') }}", "&lt;&lt;"),
    ],
)
def test_what_templates_do_every_day_stays_as_jinja_does_it(body: str, text: str) -> None:
    assert printed(body) == text
