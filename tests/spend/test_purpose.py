"""What tells training from serving, and which days of a month count."""

import datetime
from typing import Any

from planner.scenario.spend_rules import DIMENSIONS
from planner.spend.months import Month
from planner.spend.purpose import PURPOSES, purpose
from planner.spend.spans import Span, before_of, span_of
from tests.spend.made import charge, made

LOGS: dict[str, list[dict[str, Any]]] = {
    "runs": [{"run": "rsch-0412", "model": "tuned-only"}, {"run": "b", "model": "both"}],
    "deployments": [{"deployment": "Bot-EU", "model": "both"}],
    "usage": [{"model": "asked-only", "requests": 3}],
}


SIGNS: list[tuple[dict[str, Any], str]] = [
    ({"run": "r1", "meter": "Output Tokens"}, "training"),
    ({"resource_name": "RSCH-0412"}, "training"),
    ({"resource": "bot-eu", "service_category": "Networking"}, "serving"),
    ({"resource": "arn:aws:sagemaker:eu-west-1:1:training-job/x"}, "training"),
    ({"resource": "arn:aws:sagemaker:eu-west-1:1:endpoint/x"}, "serving"),
    ({"sku": "ml_fine_tuning_h100"}, "training"),
    ({"sku": "gpt-4o fine-tuned", "meter": "Input Tokens"}, "serving"),
    ({"sku": "gpt-4o fine-tuning", "meter": "Training Tokens"}, "training"),
    ({"unit": "1000 Tokens"}, "serving"),
    ({"meter": "tokens", "unit": "tokens", "description": "gpt-4o fine-tuning, training tokens"}, "training"),
    ({"sku": "USW2-Host:ml.g5.xlarge", "service_category": "AI and Machine Learning"}, "serving"),
    ({"sku": "USW2-Train:ml.p4d.24xlarge", "service_category": "AI and Machine Learning"}, "training"),
    ({"service": "Amplify Hosting", "service_category": "Web"}, "other"),
    ({"resource_type": "VPC Endpoint", "service_category": "Networking"}, "other"),
    ({"service": "AWS Trainium constraint"}, "other"),
    ({"model": "tuned-only", "service_category": "Storage"}, "training"),
    ({"model": "asked-only"}, "serving"),
    ({"model": "both"}, "other"),
    ({"model": "asked-only", "scenario": "s"}, "serving"),
    ({"scenario": "s"}, "training"),
    ({}, "other"),
    ({"stage": "Inference", "run": "r1"}, "serving"),
    ({"stage": "pre-training"}, "training"),
    ({"stage": "prod", "run": "r1"}, "training"),
    ({"endpoint": "e1"}, "serving"),
]


def test_the_first_sign_counts() -> None:
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(len(SIGNS))]
    rows = [charge(day, 1.0, **columns) for day, (columns, _) in zip(days, SIGNS, strict=True)]
    tables = LOGS | {"allocated": rows, "cells": rows}
    with made(tables, dimensions=(*DIMENSIONS, "stage", "endpoint")) as store:
        for table in ("allocated", "cells"):
            found = store.rows(f"SELECT day, {purpose(store)} FROM {table} ORDER BY day")
            for (_, told), (columns, expected) in zip(found, SIGNS, strict=True):
                assert told == expected, columns
    assert {expected for _, expected in SIGNS} == set(PURPOSES)


def test_a_month_that_is_not_over_is_compared_with_as_many_days() -> None:
    rows = [charge("2026-02-03", 1.0), charge("2026-03-30", 1.0), charge("2026-10-04", 1.0)]
    october, march = Month(2026, 10), Month(2026, 3)
    with made({"allocated": rows}, as_of=datetime.date(2026, 10, 8)) as store:
        assert span_of(store, october) == Span(datetime.date(2026, 10, 1), datetime.date(2026, 10, 5))
        assert before_of(store, october) is None
    with made({"allocated": rows}, as_of=datetime.date(2026, 3, 31)) as store:
        # 30 days of March against the 28 of February.
        assert span_of(store, march).days == 30
        assert before_of(store, march) == Span(datetime.date(2026, 2, 1), datetime.date(2026, 3, 1))
    with made({"allocated": rows}) as store:
        assert span_of(store, march).days == 31
    with made(as_of=datetime.date(2026, 10, 8)) as store:
        assert span_of(store, october).days == 7
        assert span_of(store, Month(2026, 11)).days == 0


def test_days_begin_in_the_time_zone() -> None:
    october = Span(datetime.date(2026, 10, 1), datetime.date(2026, 11, 1))
    assert october.hours("Europe/Berlin") == (
        datetime.datetime(2026, 9, 30, 22), datetime.datetime(2026, 10, 31, 23)
    )  # fmt: skip
