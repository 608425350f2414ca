"""The dashboard as Grafana imports it.

Source: Grafana's dashboard JSON model
(https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from planner.export.grafana.panels import ROWS, Limits, Panel, Query
from planner.export.prometheus.metrics import LONGEST
from planner.export.prometheus.rules import DAY_S, LIMITS
from planner.hosts.plain import plain
from planner.outcome.review import Review

SCHEMA_VERSION: Final = 41
"""Of Grafana 12; older ones from 11 on read it too."""
WIDTH: Final = 24
REFERENCES: Final = "ABCDEFGH"
"""Ids of a panel's queries."""
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_BEST_FIRST: Final = ("green", "yellow", "red")
_WORST_FIRST: Final = ("red", "yellow", "green")
Steps = list[Mapping[str, object]]


def dashboard(review: Review) -> dict[str, object]:
    """The dashboard: thresholds are the review's own levels and targets."""
    name = plain(review.metadata.name, LONGEST)
    return {
        "uid": hashlib.sha256(f"planner {review.metadata.name}".encode()).hexdigest()[:16],
        "title": f"Spend of {name}",
        "description": "Written by `planner export grafana` for the metrics of `planner export prometheus`.",
        "tags": ["planner", "finops"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "time": {"from": "now-30d", "to": "now"},
        "refresh": "1h",
        "templating": {"list": list(_variables(name))},
        "annotations": {"list": []},
        "links": [],
        "panels": list(_placed(review)),
    }


def _variables(name: str) -> Iterator[Mapping[str, object]]:
    yield {"name": "datasource", "label": "Source", "type": "datasource", "query": "prometheus", "hide": 0}
    own = {"review": "planner_review_info", "team": "planner_month_spend_usd", "model": "planner_model_spend_usd"}
    for variable, metric in own.items():
        within = "" if variable == "review" else '{review=~"$review"}'
        query = f"label_values({metric}{within}, {variable})"
        several = variable != "review"
        chosen: object = {"text": ["All"], "value": ["$__all"]} if several else {"text": name, "value": name}
        yield {
            "name": variable, "label": variable.capitalize(), "type": "query", "datasource": _SOURCE, "refresh": 2,
            "sort": 1, "hide": 0, "multi": several, "includeAll": several, "current": chosen, "definition": query,
            "query": {"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        }  # fmt: skip


def _placed(review: Review) -> Iterator[Mapping[str, object]]:
    """Rows and panels with their places, from left to right and top to bottom."""
    number, top = 0, 0
    for row in ROWS:
        number += 1
        yield {
            "id": number, "type": "row", "title": row.title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1},
        }  # fmt: skip
        left, top, tallest = 0, top + 1, 0
        for panel in row.panels:
            if left + panel.width > WIDTH:
                left, top, tallest = 0, top + tallest, 0
            number += 1
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            yield _panel(panel, number, place, thresholds(panel.limits, review))
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest


def _panel(panel: Panel, number: int, place: Mapping[str, int], steps: Steps) -> Mapping[str, object]:
    over_time = panel.look == "timeseries"
    return {
        "id": number,
        "type": panel.look,
        "title": panel.title,
        "description": panel.told,
        "datasource": _SOURCE,
        "gridPos": dict(place),
        "targets": [_target(query, place_, panel) for place_, query in enumerate(panel.queries)],
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "noValue": "unknown",
                "color": {"mode": "palette-classic" if over_time else "thresholds"},
                "thresholds": {"mode": "absolute", "steps": steps},
                **({"custom": {"thresholdsStyle": {"mode": "line"}}} if over_time and len(steps) > 1 else {}),
                **({"min": 0} if panel.look in ("gauge", "bargauge") else {}),
                **({"max": _WHOLE[panel.limits]} if panel.limits in _WHOLE and not over_time else {}),
            },
            "overrides": [],
        },
        "transformations": _columns(panel) if panel.look == "table" else [],
        "options": {} if panel.look in ("table", "timeseries") else {
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            **({"displayMode": "gradient", "orientation": "horizontal"} if panel.look == "bargauge" else {}),
        },
    }  # fmt: skip


def _columns(panel: Panel) -> list[Mapping[str, object]]:
    """One table of all queries, without what scraping adds; values are called as their queries are."""
    values = ["Value"] if len(panel.queries) == 1 else [f"Value #{REFERENCES[n]}" for n in range(len(panel.queries))]
    renamed = {value: query.legend for value, query in zip(values, panel.queries, strict=True)}
    hidden = dict.fromkeys(("Time", "__name__", "instance", "job", "review"), True)
    organised = {"excludeByName": hidden, "renameByName": renamed, "indexByName": {}}
    return [{"id": "merge", "options": {}}, {"id": "organize", "options": organised}]


def _target(query: Query, place: int, panel: Panel) -> Mapping[str, object]:
    over_time = panel.look == "timeseries"
    return {
        "refId": REFERENCES[place],
        "datasource": _SOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "range": over_time,
        "instant": not over_time,
        "format": "table" if panel.look == "table" else "time_series",
    }


def thresholds(limits: Limits, review: Review) -> Steps:
    """The steps of a panel's colours.

    Budgets turn yellow at the lowest level from 75 % on that any of them has, red where the amount is spent; unit
    costs turn yellow at their target and red at the earliest warning, as a share of the target. The rest are the limits
    of the alerts.
    """
    if limits == "budget":
        levels = [crossing.level for budget in review.budgets for crossing in budget.crossings]
        return _steps(_BEST_FIRST, min((one for one in levels if 0.75 <= one < 1.0), default=0.9), 1.0)
    if limits == "target":
        warned = [
            kpi.warn_usd / kpi.target_usd
            for kpi in review.unit_costs
            if kpi.target_usd and kpi.warn_usd and kpi.warn_usd > kpi.target_usd
        ]
        return _steps(_BEST_FIRST, 1.0, min(warned, default=1.1))
    return _FIXED[limits]


def _steps(colours: tuple[str, str, str], first: float, second: float) -> Steps:
    return [{"color": colour, "value": value} for colour, value in zip(colours, (None, first, second), strict=True)]


_WHOLE: Final[Mapping[Limits, float]] = {"score": 1.0, "busy": 1.0, "chance": 1.0, "budget": 1.25}
"""Where bars and gauges end, so that the longest is not full by being the longest."""
_FIXED: Final[Mapping[Limits, Steps]] = {
    "none": [{"color": "green", "value": None}],
    "busy": _steps(_WORST_FIRST, LIMITS["gpu_busy_ratio"], 2.0 * LIMITS["gpu_busy_ratio"]),
    "score": _steps(_WORST_FIRST, 0.4, 0.7),
    "failures": _steps(_BEST_FIRST, LIMITS["failure_ratio"] / 2.0, LIMITS["failure_ratio"]),
    "surge": _steps(_BEST_FIRST, (1.0 + LIMITS["surge_ratio"]) / 2.0, LIMITS["surge_ratio"]),
    "anomalies": _steps(_BEST_FIRST, 0.01, LIMITS["spike_usd"]),
    "unattributed": _steps(_BEST_FIRST, LIMITS["unattributed_ratio"] / 2.0, LIMITS["unattributed_ratio"]),
    "usual": _steps(_BEST_FIRST, (1.0 + LIMITS["spike_ratio"]) / 2.0, LIMITS["spike_ratio"]),
    "chance": _steps(_BEST_FIRST, 0.25, 0.5),
    "age": _steps(_BEST_FIRST, 2.0 * DAY_S, LIMITS["stale_days"] * DAY_S),
}
