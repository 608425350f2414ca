"""Write schemas/ from the types; with --check, only say which committed files differ from what they give."""

import sys
from pathlib import Path

from pydantic import BaseModel

from planner.calibrate.overlay import KIND, Overlay
from planner.catalog.loader import load_catalog
from planner.catalog.prices import mapping
from planner.kinds.schema import build_schema, document_schema, schema_text
from planner.locking.lock import KIND as LOCK_KIND
from planner.locking.lock import Lock
from planner.outcome import Check, Difference, Plan
from planner.outcome.business_case import Case
from planner.outcome.portfolio import PortfolioPlan
from planner.outcome.review import Review
from planner.outcome.serving_plan import ServingPlan
from planner.policy.governance import FORMS
from planner.report.data_json import data_schemas
from planner.report.printing import template
from planner.scenario import KINDS
from planner.scenario.catalog_overlay import KIND as OVERLAY
from planner.scenario.catalog_overlay import CatalogOverlay

DRAFT = "https://json-schema.org/draft/2020-12/schema"
WRITTEN: dict[str, type[BaseModel]] = {
    "plan": Plan, "ServingPlan": ServingPlan, "Review": Review, "PortfolioPlan": PortfolioPlan, "Case": Case,
    "difference": Difference, "check": Check,
}  # fmt: skip
"""What the planner writes, by the name of its schema."""
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


def texts() -> dict[str, str]:
    """File name → text of every generated schema."""
    catalog = load_catalog()
    found = {f"{kind}.schema.json": schema_text(build_schema(kind, catalog)) for kind in KINDS}
    for name, written in WRITTEN.items():
        found[f"{name}.schema.json"] = schema_text(
            {"$schema": DRAFT, **written.model_json_schema(mode="serialization")}
        )
    overlay = {
        "$schema": DRAFT,
        **Overlay.model_json_schema(),
        "title": "Calibration overlay",
    }
    found[f"{KIND}.schema.json"] = schema_text(overlay)
    found[f"{OVERLAY}.schema.json"] = schema_text(document_schema("Catalog overlay", CatalogOverlay, catalog))
    for kind, form in FORMS.items():
        found[f"{kind}.schema.json"] = schema_text(document_schema(form.title, form.type))
    found[f"{mapping.KIND}.schema.json"] = schema_text(document_schema(mapping.TITLE, mapping.PriceMapping))
    found[f"{template.KIND}.schema.json"] = schema_text(document_schema(template.TITLE, template.Manifest))
    for name, schema in data_schemas().items():
        found[f"{name}.schema.json"] = schema_text({"$schema": DRAFT, **schema})
    lock = {"$schema": DRAFT, **Lock.model_json_schema(), "title": "Lock"}
    found[f"{LOCK_KIND}.schema.json"] = schema_text(lock)
    return found


def main() -> int:
    """Write or check; 1 when a file is out of date."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, text in texts().items():
        path = SCHEMAS / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, "utf-8")
    for name in stale:
        print(f"schemas/{name} is out of date; run `make schemas`" if check else f"wrote schemas/{name}")
    return int(bool(stale) and check)


if __name__ == "__main__":
    sys.exit(main())
