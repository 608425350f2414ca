"""From a review to `planner calibrate`: the file beside its plan.json."""

import json
from pathlib import Path

from planner.outcome.review.against_plan import CALIBRATION_FILE
from tests.report.sample_plan import sample_plan
from tests.spend.against_plan.test_against_plan import followed

from .calls import run

SCENARIO = """
api_version: planner/v1
kind: SpendReview
metadata: {name: spend}
as_of: 2026-11-01
sources: [{runs: runs.jsonl}]
plans: [support-bot]
"""


def test_runs_that_followed_a_plan_teach_the_next_ones(tmp_path: Path) -> None:
    plan = sample_plan()
    knee = plan.configuration(plan.decisions["knee"])
    assert knee is not None
    assert knee.offer.tier == "on_demand"
    runs = []
    for number in (1, 2, 3):
        told = followed(knee, number, times=1.2, scenario="support-bot")
        told |= {"start": f"{told['started'].isoformat()}Z", "end": f"{told['ended'].isoformat()}Z"}
        runs.append({name: told[name] for name in told if name not in ("started", "ended", "cost_from")})
    (tmp_path / "runs.jsonl").write_text("".join(json.dumps(one) + "\n" for one in runs))
    (tmp_path / "support-bot").mkdir()
    (tmp_path / "support-bot" / "plan.json").write_text(plan.model_dump_json())
    (tmp_path / "spend.yaml").write_text(SCENARIO)

    planned = run("plan", "spend.yaml", "--outputs", "none", "--out", "out", "-q", cwd=tmp_path)
    assert planned.returncode == 0, planned.stderr
    against = json.loads((tmp_path / "out" / "plan.json").read_text())["against_plans"]
    assert [one["run"] for one in against["matched"]] == ["r1", "r2", "r3"]
    assert CALIBRATION_FILE in against["note"]
    assert "the speed of 3 of these runs" in against["note"]

    learned = run("calibrate", f"out/{CALIBRATION_FILE}", "-o", "c.overlay.yaml", cwd=tmp_path)
    assert learned.returncode == 0, learned.stderr
    assert "3 runs of yours" in learned.stdout
    assert (tmp_path / "c.overlay.yaml").is_file()
