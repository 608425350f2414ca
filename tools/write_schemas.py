"""Write schemas/ from the types; with --check, only say which committed files differ from what they give."""

import json
import sys
from pathlib import Path

from planner.calibrate.overlay import KIND, Overlay
from planner.catalog.loader import load_catalog
from planner.kinds.schema import build_schema, schema_text
from planner.outcome import Plan
from planner.scenario import KINDS

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


def texts() -> dict[str, str]:
    """File name → text of every generated schema."""
    catalog = load_catalog()
    found = {f"{kind}.schema.json": schema_text(build_schema(kind, catalog)) for kind in KINDS}
    plan = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Plan.model_json_schema(mode="serialization"),
    }
    found["plan.schema.json"] = json.dumps(plan, indent=2, ensure_ascii=False) + "\n"
    overlay = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Overlay.model_json_schema(),
        "title": "Calibration overlay",
    }
    found[f"{KIND}.schema.json"] = schema_text(overlay)
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
