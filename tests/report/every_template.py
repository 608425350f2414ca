"""Every template that has a page, printed: of the sample, and of names that try to run, to fetch and to break it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.report.data.collection import Collection
from planner.report.printing.template import list_templates
from planner.report.render import render

from .business_case.made_case import hostile_case, made_case
from .portfolio.made_portfolio import hostile as hostile_portfolio
from .portfolio.made_portfolio import rich as made_portfolio
from .review.made_review import hostile_review, made_review
from .sample_plan import hostile_plan, sample_plan
from .sample_serving import hostile_serving_plan, serving_plan
from .several.sample_collection import collected, hostile, plans, spending

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

TEMPLATES: Final = {template.name: template for template in list_templates() if "html" in template.forms()}
"""Name → template."""
WHICH: Final = ("sample", "hostile")


def printed(folder: Path) -> dict[tuple[str, str], str]:
    """(template, which) → address of its page."""
    one: dict[str, Outcome] = {"sample": sample_plan(), "hostile": hostile_plan()}
    served: dict[str, Outcome] = {"sample": serving_plan(), "hostile": hostile_serving_plan()}
    reviewed: dict[str, Outcome] = {"sample": made_review(), "hostile": hostile_review()}
    jobs: dict[str, Outcome] = {"sample": made_portfolio(), "hostile": hostile_portfolio()}
    cased: dict[str, Outcome] = {"sample": made_case(), "hostile": hostile_case()}
    several: dict[str, Collection] = {
        "sample": collected(plans(), spending()),
        "hostile": collected(hostile(), spending()),
    }
    found = {}
    for name, template in TEMPLATES.items():
        for which in WHICH:
            out = folder / name / which
            single = {"serving": served, "review": reviewed, "case": cased, "portfolio": jobs}.get(template.takes, one)
            plan = several[which] if template.takes == "plans" else single[which]
            render(plan, template, out, ["html"])
            found[name, which] = (out / "report.html").as_uri()
    return found
