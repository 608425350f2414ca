"""Scenarios of a folder: a review is made like a plan, and held against no rule."""

from pathlib import Path

from planner.cli.files import scenarios_in
from planner.gate.finding import Search, find_scenarios
from planner.revision.reading import folder_of

HEAD = "api_version: planner/v1\nmetadata: {name: x}\n"


def test_reviews_in_a_folder_are_planned_and_not_checked(tmp_path: Path) -> None:
    texts = {
        "plan.yaml": "kind: FineTune\n", "spent.yaml": "kind: SpendReview\n", "rules.yaml": "kind: Policy\n",
        "base.yaml": "kind: SpendReview\nabstract: true\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(HEAD + text)
    assert [path.name for path in scenarios_in([tmp_path])] == ["plan.yaml", "spent.yaml"]
    tree, under = folder_of(tmp_path)
    assert [Path(path).name for path in find_scenarios(tree, Search((under,)))] == ["plan.yaml"]
