"""Markdown cut to a length."""

import pytest

from planner.hosts.cutting import cut

TEXT = "# Täglich\n\n<details><summary>Diff</summary>\n\n````diff\n```\n" + "+ line ü\n" * 500 + "````\n</details>\n"


def test_what_fits_is_left_alone() -> None:
    assert cut(TEXT, len(TEXT.encode())) == TEXT


@pytest.mark.parametrize("limit", [150, 300, 1000, 4000])
def test_what_does_not_is_cut_at_a_line_with_everything_closed(limit: int) -> None:
    short = cut(TEXT, limit)
    assert len(short.encode()) <= limit
    assert short.count("````") == (2 if "````" in short else 0)
    assert short.count("<details") == short.count("</details>")
    assert short.endswith("*Cut here: a comment holds no more. The summary of the job has it whole.*\n")
    kept = short.split("\n````\n")[0].split("\n\n</details>")[0].split("\n\n*Cut")[0]
    assert TEXT.startswith(kept)


def test_one_endless_line() -> None:
    assert cut("x" * 100, 90).startswith("*Cut here")
    assert len(cut("x" * 100, 20)) == 20
