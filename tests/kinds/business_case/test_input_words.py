"""What inputs are called: as people say it, by the title of their option."""

from tests.kinds.business_case.asked import case_of


def test_an_input_of_a_line_is_told_by_the_title_of_its_option() -> None:
    costs = [
        {"name": "tickets", "category": "support", "per_month": 5, "growth": 0.03},
        {"name": "licence", "category": "licences", "per_year": 7},
    ]
    options = [{"name": "own-model", "title": "our own model", "costs": costs}, {"name": "people", "costs": costs[:1]}]
    told = {one.key: one.text for one in case_of(options=options).inputs}
    ours = "options.own-model.costs"
    assert told[f"{ours}.tickets.per_month"] == "our own model: tickets, each month"
    assert told[f"{ours}.tickets.growth"] == "our own model: tickets, growth a year"
    assert told[f"{ours}.licence.per_year"] == "our own model: licence, each year"
    assert told["options.own-model.parity"] == "our own model: part of the features needed"
    assert told["options.people.costs.tickets.per_month"] == "people: tickets, each month"


def test_the_tornado_is_of_options_by_their_titles() -> None:
    cost = {"name": "tickets", "category": "support", "per_month": {"uniform": [4, 8]}}
    own = {"name": "own-model", "title": "our own model", "role": "build", "costs": [cost]}
    case = case_of(options=[own, {"name": "people", "role": "buy", "costs": [{**cost, "per_month": 5}]}])
    assert case.tornado is not None
    assert case.tornado.of == "net present value of our own model against people"
    alone = case_of(options=[{**own, "role": "other"}])
    assert alone.tornado is not None
    assert alone.tornado.of == "present cost of our own model"


def test_what_all_options_share_is_told_without_a_place() -> None:
    case = case_of(
        demand={"predictions_per_month": 9, "growth": 0.1},
        revenue={"per_prediction": 2.0},
        market={"price_decline": 0.2},
        scenarios=[{"name": "boom", "price_decline": 0.1}],
        options=[{"name": "own", "overlooked": {"labels_per_month": 3}}],
    )
    told = {one.key: one.text for one in case.inputs}
    assert told["demand.predictions_per_month"] == "predictions a month"
    assert told["demand.growth"] == "growth of demand a year"
    assert told["revenue.per_prediction"] == "revenue for each prediction"
    assert told["market.price_decline"] == "fall of market prices a year"
    assert told["scenarios.boom.price_decline"] == "scenario boom: fall of market prices a year"
    assert "own: labels at the start" not in told.values()
    assert told["options.own.overlooked.labels_per_month"] == "own: labels each month"
    assert any(text.startswith("own, labels: unknown, since options.own.overlooked.label") for text in case.warnings)
