"""The sheet Factors: what is weighed beside money, and how each option scores."""

from typing import Final

from planner.export.xlsx.cells import Sheet, down, formula, given, letter, or_unknown, text
from planner.outcome.business_case import Case

TITLE: Final = "Factors"
_WEIGHT: Final = 2
_FIRST: Final = 4
"""Row of the first factor."""


def factors_of(case: Case) -> tuple[Sheet | None, dict[str, str]]:
    """The sheet, and each option's cell of the weighted score; nothing where the case weighs no factors."""
    if not case.weights:
        return None, {}
    sheet = Sheet(TITLE, (30, 14, *[18] * len(case.options)), (_FIRST, 3))
    sheet.head("Factors", "Scores from 0 (worst) to 10; what is weighed is their mean, by the weights.")
    sheet.header("Factor", "Weight", *(option.name for option in case.options))
    for name, weight in case.weights.items():
        scores = (given(option.scores.get(name)) for option in case.options)
        sheet.add(text(name), given(weight, "input_share"), *scores)
    last = sheet.next - 1
    weights = f"${down(_WEIGHT, _FIRST, last).replace(':', ':$')}"
    columns = range(_WEIGHT + 1, _WEIGHT + 1 + len(case.options))
    row = sheet.add(text("Weighted score", "header"), None, *(
        formula(or_unknown(f"SUMPRODUCT({weights},{down(column, _FIRST, last)})/SUM({weights})"), "total")
        for column in columns
    ))  # fmt: skip
    cells = (f"{TITLE}!${letter(column)}${row}" for column in columns)
    return sheet, dict(zip((option.name for option in case.options), cells, strict=True))
