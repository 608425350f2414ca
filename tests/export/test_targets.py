"""The table of targets is whole, and what it says of each is so."""

import dataclasses
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import planner.export
from planner.errors import InputError
from planner.export.asked import Asked
from planner.export.targets import TARGETS
from planner.outcome.business_case import Case
from planner.outcome.plan import Metadata
from tests.export.asking import exported
from tests.report.portfolio.made_jobs import job
from tests.report.portfolio.made_portfolio import plan_of
from tests.report.review.made_review import made_review
from tests.report.sample_plan import sample_plan

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome


def test_every_target_stands_in_the_table() -> None:
    folder = Path(planner.export.__path__[0])
    modules = {f"planner.export.{path.parent.name}.export" for path in folder.glob("*/export.py")}
    assert {target.module for target in TARGETS.values()} == modules
    assert all(callable(importlib.import_module(module).export) for module in modules)


def test_every_option_is_a_field_and_every_field_is_for_a_target() -> None:
    fields = {field.name for field in dataclasses.fields(Asked)}
    used = {option for target in TARGETS.values() for option in target.options}
    assert fields - used == {"suffix"}  # which the name of the file says
    assert used <= fields


NO_MORE: dict[str, Any] = {"kind": "BusinessCase", "metadata": Metadata(name="case")}
CASE = Case.model_construct(**NO_MORE)
PORTFOLIO = plan_of([job("a")])


@pytest.mark.parametrize(
    ("target", "outcome", "why"),
    [
        ("focus", CASE, "a business case; this target takes a plan of fine-tuning, a plan of serving, a review of"),
        ("ical", CASE, "a business case; this target takes a plan of a portfolio"),
        ("ical", sample_plan(), "a plan of fine-tuning; this target takes a plan of a portfolio"),
        ("ical", made_review(), "a review of spend; this target takes a plan of a portfolio"),
        *(
            (target, outcome, f"of the kind {outcome.kind}; this target takes one of the kind SpendReview")
            for target in ("prometheus", "grafana", "spend")
            for outcome in (CASE, PORTFOLIO)
        ),
        ("mlflow", CASE, "a business case; this target takes a plan of fine-tuning, a plan of serving or a review"),
        ("mlflow", PORTFOLIO, "a plan of a portfolio; this target takes a plan of fine-tuning, a plan of serving or"),
    ],
)
def test_what_a_target_does_not_take_is_refused(target: str, outcome: "Outcome", why: str) -> None:
    with pytest.raises(InputError, match=f"plan.json: {why}"):
        exported(target, outcome, tracking_uri="file:///nowhere")


def test_all_that_is_refused_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        exported("ical", CASE, PORTFOLIO, sample_plan())
    assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
        "plan.json: a business case", "plan.json: a plan of fine-tuning"
    ]  # fmt: skip
