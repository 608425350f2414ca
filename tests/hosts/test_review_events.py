"""Events made from reviews of spend."""

from planner.hosts.event import Event
from planner.hosts.review_events import MOST, review_anomalies, review_budgets
from planner.outcome.review import Review
from tests.report.review.made_review import made_review

LINK = "https://ci.example/run/7"


def texts(event: Event) -> list[str]:
    return [event.title, event.text, *(part for fact in event.facts for part in fact)]


def with_budgets(*statuses: str) -> Review:
    review = made_review()
    budgets = [
        review.budgets[0].model_copy(update={"name": f"b{place}", "status": status})
        for place, status in enumerate(statuses)
    ]
    return review.model_copy(update={"budgets": budgets})


def test_the_worst_budget_is_the_title() -> None:
    event = review_budgets(with_budgets("ok", "warning", "over", "forecast_over"), LINK)
    assert event is not None
    assert (event.name, event.severity, event.link) == ("budget-alert", "deny", LINK)
    assert event.title.startswith("Budget b2 is over: $")
    assert event.title.endswith(", and 2 more need a look")
    assert [one["budget"] for one in event.data["budgets"]] == ["b2", "b3", "b1"]


def test_a_level_that_is_reached_early_warns() -> None:
    event = review_budgets(with_budgets("warning", "ok"))
    assert event is not None
    assert event.severity == "warn"
    assert "is ahead of its time" in event.title


def test_nothing_to_tell() -> None:
    assert review_budgets(with_budgets("ok", "ok")) is None
    assert review_anomalies(made_review().model_copy(update={"anomalies": []})) is None


def test_anomalies_of_the_month_are_told_and_older_ones_are_not() -> None:
    review = made_review()
    old = [one.model_copy(update={"in_month": False}) for one in review.anomalies]
    assert review_anomalies(review.model_copy(update={"anomalies": old})) is None
    new = [one.model_copy(update={"in_month": True}) for one in review.anomalies]
    event = review_anomalies(review.model_copy(update={"anomalies": new}), LINK)
    assert event is not None
    assert (event.name, len(event.data["anomalies"])) == ("anomaly", len(new))
    assert new[0].text[:40] in event.text


def test_many_are_counted_and_hostile_names_are_plain() -> None:
    review = with_budgets(*["over"] * (MOST + 3))
    nasty = [one.model_copy(update={"name": "x\x1b[31m\n<!channel>"}) for one in review.budgets]
    event = review_budgets(review.model_copy(update={"budgets": nasty}))
    assert event is not None
    assert event.text == "3 more not listed here."
    assert len(event.facts) == MOST
    assert not any(sign in text for text in texts(event) for sign in ("\x1b", "\n"))
