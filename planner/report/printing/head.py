"""The head of a page that can reach nothing: its policy names every script and style by its hash."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Final

from planner.errors import InputError
from planner.report.printing.template import Template

_ELSEWHERE: Final = re.compile(
    r'<meta\b(?! (?:name|property)="[\w:.-]+" content="[^"]*">)|<link\b|<base\b|<iframe\b|<object\b|<embed\b',
    re.IGNORECASE,
)
"""What could lead a reader away, or bring something in, without a script; names are escaped, so only templates can.

Of <meta> one plain form is left, in which no http-equiv can hide; <link> asks for names of hosts before any policy.
"""


def head_of(scripts: Sequence[str], style: str) -> str:
    """The head of a page with exactly these inline scripts and this style; raises InputError where it would end it."""
    if "</" in style:
        message = "a style.css has '</' in it, which would end the style"
        raise InputError(message)
    return (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(scripts, [style])}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<style>{style}</style>\n"
    )


def guarded(page: str, head: str, tail: str, template: Template) -> str:
    """The page, if its head stands before anything that could load; raises InputError that says what to mend."""
    before, found, after = page.partition(head)
    if not found or re.sub(r"<!doctype html>|<html[^>]*>|<head>|\s", "", before, flags=re.IGNORECASE):
        message = (
            f"{template.name}: its page must print {{{{ head }}}} first in <head>: the policy of the page is in it"
        )
        raise InputError(message)
    beyond = _ELSEWHERE.search(after.replace(tail, "") if tail else after)
    if beyond is not None:
        message = f"{template.name}: its page has {beyond.group()!r}: a report reaches nothing and leads nowhere"
        raise InputError(message)
    return page


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """The Content-Security-Policy of a page with exactly these inline scripts and styles.

    No 'unsafe-eval': Vega's expressions are walked by the interpreter that Vega-Embed carries.
    """
    script = " ".join(_hash(text) for text in scripts if text) or "'none'"
    style = " ".join(_hash(text) for text in styles if text) or "'none'"
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
