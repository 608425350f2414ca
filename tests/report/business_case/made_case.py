"""Business cases made by hand: a rich one, one option alone, nothing uncertain, no return, unknown costs, bad ones."""

from typing import Any

from planner.outcome.business_case import (
    BuildOrBuy,
    Case,
    CaseInput,
    CrossoverVolume,
    HourDecline,
    HourPrice,
    HourTable,
    OptionResult,
    ScalePoint,
    ScaleResult,
    ScenarioResult,
    Swing,
    TornadoChart,
)
from planner.outcome.findings import Assumption, Source
from planner.outcome.plan import CatalogReference, CurrencyReference, Metadata, PlannerReference, Reference
from tests.report.business_case.made_options import RATE, banded, option, returns, worth

MONTHS = 36
HOSTILE = (
    "<script>alert(1)</script><img src=http://evil.example/x> {{7*7}} | **b** [a](http://evil.example) \u202e\x1b[31m"
)
REVENUE = [30_000.0 * 1.02**at for at in range(MONTHS)]


def made_case(**changed: Any) -> Case:
    """Build, buy or keep a support assistant, over three years: all that a case can have."""
    sides = _sides()
    build, buy, keep = sides
    against = returns(build, buy)
    given = {
        "options": [
            build.model_copy(update={"returns": returns(build, keep), "weighted_score": 7.4,
                                     "scores": {"control": 9.0, "time_to_market": 5.0},
                                     "follows": ["cheapest of support-bot: llama-3.1-8b by qlora, $12.30 a run"]}),
            buy.model_copy(update={"returns": returns(buy, keep), "weighted_score": 5.9,
                                   "scores": {"control": 3.0, "time_to_market": 9.0}}),
            keep.model_copy(update={"weighted_score": 4.0, "scores": {"control": 4.0, "time_to_market": 4.0}}),
        ],
        "baseline": "manual",
        "decision": BuildOrBuy(
            build="inhouse", buy="vendor", choice="inhouse", reason="its net present value is the larger one",
            saved_usd=banded(worth(against.net_usd)), chance_build_wins=0.87, returns=against,
            crossovers=[CrossoverVolume(predictions_per_month=180_000, cheaper_above="inhouse", times_today=0.6)],
            crossover_note="costs of month 1, with all that is fixed", weighted_choice="inhouse", agrees=True,
        ),
        "cheapest": "inhouse", "weights": {"control": 0.6, "time_to_market": 0.4},
        "tornado": _tornado(), "draws": 4096, "scenarios": _scenarios(), "hours": _hours(), "scale": [_scale()],
        "currency": CurrencyReference(code="EUR", usd_per_unit=1.09, as_of="2026-10-15", source="the scenario"),
    }  # fmt: skip
    return _case(**{**given, **changed})


def _sides() -> tuple[OptionResult, OptionResult, OptionResult]:
    told: dict[str, Any] = {"revenue": REVENUE, "predictions": 300_000.0, "users": 1_200.0}
    return (
        option("inhouse", "In-house assistant", "build", MONTHS,
               {"engineering": (120_000.0, 6_500.0), "inference": (0.0, 3_100.0), "training": (4_000.0, 350.0),
                "compliance": (15_000.0, 400.0)}, **told),
        option("vendor", "Vendor API", "buy", MONTHS, {"external_apis": (0.0, 16_000.0), "licences": (5_000.0, 900.0)},
               parity=0.9, **told),
        option("manual", "Manual, as today", "keep", MONTHS, {"support": (0.0, 24_000.0)}, income=500.0, **told),
    )  # fmt: skip


def alone_case() -> Case:
    """One option, nothing to compare it with, nothing uncertain, no demand, no revenue."""
    only = option("pilot", "", "other", 12, {"inference": (0.0, 40.0)}, sure=True)
    return _case(months=12, options=[only], cheapest="pilot", demand_by_month={}, revenue_by_month_usd=[],
                 inputs=_inputs()[:1], assumptions=[], warnings=[], sources=[], labels={})  # fmt: skip


def certain_case() -> Case:
    """Build against buy with every number known."""
    build, buy, _ = _sides()
    sure = [one.model_copy(update={
        name: getattr(one, name).model_copy(update={"lo": None, "hi": None, "mean": None})
        for name in ("cost_usd", "present_cost_usd", "first_year_usd", "net_present_usd", "overlooked_usd")
    }) for one in (build, buy)]  # fmt: skip
    against = returns(build, buy, sure=True)
    return _case(options=sure, cheapest="inhouse", baseline="vendor", decision=BuildOrBuy(
        build="inhouse", buy="vendor", choice="inhouse", reason="its net present value is the larger one",
        saved_usd=banded(worth(against.net_usd), sure=True), chance_build_wins=None, returns=against,
    ))  # fmt: skip


def undefined_case() -> Case:
    """Building never pays back, its rate of return is not defined, and money and factors do not agree."""
    build, buy, keep = _sides()
    against = returns(keep, build, irr_per_year=None, irr_note="there is no rate: flows never change sign",
                      break_even_month=None, payback_months=banded(None), discounted_payback_months=banded(None),
                      roi_percent=banded(None), notes=["ROI is not defined: nothing is invested"])  # fmt: skip
    return made_case(decision=BuildOrBuy(
        build="manual", buy="inhouse", choice="inhouse", reason="", saved_usd=banded(worth(against.net_usd)),
        chance_build_wins=0.43, returns=against, weighted_choice="manual", agrees=False,
        crossover_note="no volume at which the cheaper one changes",
    ), options=[build, buy, keep], baseline="")  # fmt: skip


def unknown_case() -> Case:
    """A cost that nobody knows, and all that hangs on it."""
    told: dict[str, Any] = {"predictions": 300_000.0}
    build = option("inhouse", "In-house assistant", "build", MONTHS,
                   {"engineering": (None, 6_500.0), "inference": (0.0, 3_100.0)}, **told)  # fmt: skip
    buy = option("vendor", "Vendor API", "buy", MONTHS, {"external_apis": (0.0, 16_000.0)}, **told)
    against = returns(build, buy)
    return _case(
        options=[build, buy], cheapest="vendor", baseline="vendor", revenue_by_month_usd=[],
        demand_by_month={"predictions": [300_000.0] * MONTHS},
        decision=BuildOrBuy(build="inhouse", buy="vendor", choice="", reason="a cost of inhouse is unknown",
                            saved_usd=banded(None), chance_build_wins=None, returns=against),
        warnings=["options.inhouse.plans.0: the cost of the plan is unknown"],
    )  # fmt: skip


def crowded_case() -> Case:
    """Twenty options of two hundred lines over a hundred years, all with long names."""
    months, long = 1_200, "an option with a name as long as people make them, "
    base = option("o", "", "other", months, {"engineering": (2.5e7, 9e5), "inference": (0.0, 4e5)})
    line = base.lines[0]
    lines = [line.model_copy(update={"name": f"{long}{at}", "source": long * 4}) for at in range(200)]
    options = [base.model_copy(update={"name": f"o{at}", "title": f"{long}{at}", "lines": lines}) for at in range(20)]
    against = returns(options[0], option("b", "", "buy", months, {"external_apis": (0.0, 2e6)}))
    inputs = [one.model_copy(update={"key": f"options.o{at}.{one.key}", "text": long * 3, "source": long * 5})
              for at in range(60) for one in _inputs()]  # fmt: skip
    tornado = _tornado()
    swings = [one.model_copy(update={"text": f"{long * 3}{at}"}) for at in range(15) for one in tornado.swings]
    return made_case(
        months=months, options=options, baseline="o1", cheapest="o3", inputs=inputs, weights={},
        demand_by_month={"predictions": [1e6] * months}, revenue_by_month_usd=[], scale=[_scale()] * 8,
        tornado=tornado.model_copy(update={"swings": swings}),
        scenarios=[one.model_copy(update={"name": f"{long}{at}", "choice": "o1"}) for at in range(20)
                   for one in _scenarios()[:1]],
        decision=BuildOrBuy(build="o0", buy="o1", choice="o0", reason=long * 8,
                            saved_usd=banded(worth(against.net_usd)),
                            chance_build_wins=0.55, returns=against.model_copy(update={"against": "o1"}),
                            agrees=False, weighted_choice="o1"),
        warnings=[f"{at}: {long * 5}" for at in range(30)],
    )  # fmt: skip


_OURS = {"kind", "api_version", "as_of", "digest", "code", "unit", "side", "driver", "form", "tag", "name_of", "role",
         "against", "build", "buy", "choice", "baseline", "cheapest", "weighted_choice", "cheaper_above",
         "key"}  # fmt: skip
"""Fields that the planner itself writes, or that name an option."""


def hostile_case() -> Case:
    """Every text that somebody outside may choose is an attack."""
    made = made_case().model_dump()
    return Case.model_validate({**_poisoned(made), "options": [
        {**_poisoned(one), "name": one["name"]} for one in made["options"]
    ]})  # fmt: skip


def _poisoned(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _poisoned(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_poisoned(each, name) for each in value]
    return f"{HOSTILE}{value}" if isinstance(value, str) and value and name not in _OURS else value


def _case(**changed: Any) -> Case:
    months = changed.get("months", MONTHS)
    labels = changed.pop("labels", {"period": "2027 to 2029"})
    given: dict[str, Any] = {
        "demand_by_month": {"predictions": [300_000.0 * 1.02**at for at in range(months)], "users": [1_200.0] * months},
        "revenue_by_month_usd": REVENUE, "inputs": _inputs(), "baseline": "", "decision": None, "tornado": None,
        "draws": 0, "scenarios": [], "hours": None, "scale": [],
        "assumptions": [Assumption(key="market.price_decline", value="20 %", tag="E", note="GPU prices (DOMAIN 10)")],
        "warnings": ["demand has no source"],
        "sources": [Source(what="GPU prices", source="the catalog", as_of="2026-10-15")],
    }  # fmt: skip
    return Case(
        api_version="planner/v1", kind="BusinessCase",
        metadata=Metadata(name="support-assistant", team="platform", owner="Mara Lind", cost_centre="cc-100",
                          question="Shall we build the support assistant or buy it?", labels=labels),
        scenario=Reference(path="scenarios/business-case/assistant.yaml", digest="sha256:" + "ab" * 32),
        catalog=CatalogReference(as_of="2026-10-15", digest="sha256:" + "cd" * 32),
        planner=PlannerReference(version="0.1.0"),
        discount_rate_per_year=0.1, discount_rate_per_month=RATE, demand_growth_per_year=0.27,
        price_decline_per_year=0.2, seed=1, **{"months": MONTHS, **given, **changed},
    )  # fmt: skip


def _inputs() -> list[CaseInput]:
    known: dict[str, Any] = {"tag": "U"}
    return [
        CaseInput(key="options.inhouse.costs.engineers.per_month", text="Engineers who keep it running",
                  unit="usd/month", value=6_500.0, lo=5_000.0, hi=9_000.0, form="triangular",
                  written=[4_500.0, 6_500.0, 9_500.0],
                  source="HR, salary bands of 2026", **known),
        CaseInput(key="demand.predictions_per_month", text="Predictions a month, today", unit="count", value=300_000.0,
                  lo=220_000.0, hi=410_000.0, form="lognormal", written=[220_000.0, 410_000.0], source="", **known),
        CaseInput(key="demand.growth", text="Growth of demand", unit="share/year", value=0.27, lo=0.05, hi=0.5,
                  form="normal", written=[0.05, 0.5], source="product plan", **known),
        CaseInput(key="options.vendor.parity", text="Parity of the vendor", unit="share", value=0.9, source="trial",
                  **known),
        CaseInput(key="options.inhouse.plans.0", text="Cost of a run by its plan", unit="usd", value=12.3, lo=9.0,
                  hi=17.0, form="plan", source="scenarios/support-bot.yaml", tag="P"),
        CaseInput(key="discount_rate", text="Discount rate", unit="share/year", value=0.1, source="treasury", **known),
        CaseInput(key="options.vendor.costs.tokens.per_prediction", text="Price of a prediction", unit="usd/unit",
                  value=0.0021, source="price list", **known),
    ]  # fmt: skip


def _tornado() -> TornadoChart:
    def swing(
        key: str, text: str, unit: str, ends: tuple[float, float], result: tuple[float, float], share: float
    ) -> Swing:
        return Swing(key=key, text=text, unit=unit, input_lo=ends[0], input_hi=ends[1], result_lo_usd=result[0],
                     result_hi_usd=result[1], share=share)  # fmt: skip

    return TornadoChart(of="net present value of build against buy", middle_usd=151_000.0, swings=[
        swing("demand.predictions_per_month", "Predictions a month, today", "count", (240_000, 380_000),
              (-40_000, 310_000), 0.52),
        swing("options.inhouse.costs.engineers.per_month", "Engineers who keep it running", "usd/month", (5_300, 8_600),
              (210_000, 70_000), 0.28),
        swing("demand.growth", "Growth of demand", "share/year", (0.1, 0.44), (90_000, 200_000), 0.15),
        swing("options.inhouse.plans.0", "Cost of a run by its plan", "usd", (9.5, 16.0), (152_000, 149_000), 0.01),
    ])  # fmt: skip


def _scenarios() -> list[ScenarioResult]:
    def course(name: str, growth: float, falls: float, demand: float, choice: str, chance: float) -> ScenarioResult:
        costs: dict[str, float | None] = {"inhouse": 420_000.0, "vendor": 560_000.0 * demand, "manual": 790_000.0}
        return ScenarioResult(name=name, demand_growth_per_year=growth, price_decline_per_year=falls, demand=demand,
                              present_cost_usd=costs, npv_usd={"inhouse": 140_000.0, "vendor": None}, choice=choice,
                              chance_build_wins=chance)  # fmt: skip

    return [course("demand_halves", 0.0, 0.2, 0.5, "vendor", 0.21),
            course("prices_stay", 0.27, 0.0, 1.0, "inhouse", 0.9),
            course("boom", 0.6, 0.3, 2.0, "inhouse", 0.99)]  # fmt: skip


def _hours() -> HourTable:
    grid = [0.05 * at for at in range(1, 21)]
    ways = (("on demand", 4.0, 0.0, None), ("reserved 1 year", 0.0, 2.5, 0.63), ("own", 0.2, 2.1, 0.553))
    return HourTable(
        utilisation=0.7, grid=grid,
        ways=[HourPrice(name=name, usd_per_useful_hour=used + clock / 0.7,
                        by_utilisation=[used + clock / u for u in grid], break_even_utilisation=even,
                        cheapest=name == "own") for name, used, clock, even in ways],
        switches=["own is cheapest above 55 %, below that on demand"],
        decline=[HourDecline(price_decline_per_year=0.15, levelised_rent_usd_per_hour=3.1, break_even_utilisation=0.72),
                 HourDecline(price_decline_per_year=0.3, levelised_rent_usd_per_hour=2.4, break_even_utilisation=None)],
    )  # fmt: skip


def _scale() -> ScaleResult:
    points = [
        ScalePoint(times=times, volume=300_000 * times, usd_per_month=banded(2_000 + 3.1 * (300_000 * times) ** 0.62),
                   usd_per_unit=0.03 / times**0.3, fixed_share=0.3 / times)
        for times in (1.0, 2.0, 5.0, 10.0)
    ]  # fmt: skip
    return ScaleResult(name="inference", option="inhouse", exponent=0.62, exponent_lo=0.55, exponent_hi=0.69,
                       fixed_usd_per_month=2_000.0, linear_usd_per_unit=0.0, coefficient_usd=3.1, fitted_points=18,
                       points=points, text="Ten times the volume costs 3.6 times as much.")  # fmt: skip
