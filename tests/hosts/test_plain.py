"""Foreign text, made harmless."""

import pytest

from planner.hosts.plain import for_log, plain, redacted


def test_one_line_without_what_drives_a_terminal() -> None:
    assert plain("a\x1b[31m\tb\r\n\u2028c\u202e d\ud800") == "a[31m b c d"
    assert plain("x" * 300, 10) == "xxxxxxxxx…"
    assert len(plain("\x00" * 10_000 + "x", 10)) <= 10


@pytest.mark.parametrize(
    ("line", "harmless"),
    [
        ("::error file=x::pwned", ":\u200b:error file=x::pwned"),
        ("  ::stop-commands::x", "  :\u200b:stop-commands::x"),
        ("a ##[error]b", "a ##\u200b[error]b"),
        ("a::b", "a::b"),
        ("| --: | ::x", "| --: | ::x"),
        ("\x1b[2Jx\ty", "[2Jx\ty"),
    ],
)
def test_no_command_for_a_runner(line: str, harmless: str) -> None:
    assert for_log(f"first\r{line}") == f"first\n{harmless}"


def test_the_longest_secret_goes_first() -> None:
    assert redacted("see /a/secret-b and secret, abc", ["secret", "/a/secret-b", "abc", ""]) == "see *** and ***, abc"
