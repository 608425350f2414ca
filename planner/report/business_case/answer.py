"""The answer of a case in words: build or buy, by how much, how surely, when it is back, and what it hangs on."""

from planner.outcome.business_case import BuildOrBuy, Case, OptionResult, Returns
from planner.report.business_case.names import input_text_of
from planner.report.business_case.words import (
    NAME,
    amount,
    band,
    irr_text,
    known,
    months,
    months_band,
    option_of,
    payback_text,
    per_year,
    roi_text,
    said,
    share,
    titles,
)
from planner.report.certainty import TOO_CLOSE
from planner.report.data.report_data import Headline
from planner.report.names import capital
from planner.units import chance_text

Figures = tuple[tuple[str, str, str], ...]


def answer_of(case: Case, letters: int = NAME) -> str:
    """The answer in a sentence: `Build, do not buy: In-house is worth $412,000 more than Vendor API …`."""
    decision = case.decision
    return _alone(case, letters) if decision is None else _decided(case, decision, letters)


def chance_of(decision: BuildOrBuy) -> float | None:
    """How likely the choice is the better one in money; None where nothing is uncertain."""
    wins = decision.chance_build_wins
    return wins if wins is None or decision.choice in (decision.build, "") else 1.0 - wins


def _decided(case: Case, decision: BuildOrBuy, letters: int) -> str:
    names, saved = titles(case, letters), decision.saved_usd
    build, buy = names.get(decision.build, decision.build), names.get(decision.buy, decision.buy)
    if saved.value is None:
        return f"Build or buy cannot be decided: what {build} saves against {buy} is unknown."
    if not decision.choice:
        return (
            f"Neither: at present value {build} and {buy} cost the same over {months(case.months)} "
            f"({_chance_words(decision)})."
        )
    ours, other = (build, buy) if decision.choice == decision.build else (buy, build)
    chance = chance_of(decision)
    verbs = ("build", "buy") if decision.choice == decision.build else ("buy", "build")
    close = chance is not None and chance < TOO_CLOSE
    verb = "{} rather than {}, but too close to call" if close else "{}, do not {}"
    ahead = saved.value if decision.choice == decision.build else -saved.value
    better = "is worth" if ahead >= 0 else "is chosen, though it is worth"
    gap = f"{amount(abs(ahead))} {'more' if ahead >= 0 else 'less'} than {other}"
    told = f"{capital(verb.format(*verbs))}: {ours} {better} {gap} at present value over {months(case.months)}"
    return f"{told} ({_chance_words(decision)})."


def _chance_words(decision: BuildOrBuy) -> str:
    chance = chance_of(decision)
    if chance is None:
        return "nothing in the case is uncertain"
    close = ", which is too close to call" if chance < TOO_CLOSE and not decision.choice else ""
    who = "build wins" if not decision.choice else "the better one"
    return f"{who} with a probability of {chance_text(chance)}{close}"


def _alone(case: Case, letters: int) -> str:
    names = titles(case, letters)
    one = option_of(case, case.cheapest) or case.options[0]
    cost = amount(one.cost_usd.value)
    if len(case.options) == 1:
        present = f"{amount(one.present_cost_usd.value)} at present value"
        told = f"{capital(names[one.name])} costs {cost} over {months(case.months)}, {present}"
    else:
        told = (
            f"Of {len(case.options)} options {names[one.name]} costs least at present value, "
            f"{amount(one.present_cost_usd.value)} over {months(case.months)} ({cost} undiscounted)"
        )
    if one.returns is not None and one.returns.npv_usd.value is not None:
        word = "returns" if one.returns.npv_usd.value >= 0 else "loses"
        told += f", and {word} {amount(abs(one.returns.npv_usd.value))} of net present value"
    return f"{told}."


def main_returns(case: Case) -> tuple[OptionResult | None, Returns | None]:
    """The option whose return the case is about, and that return."""
    if case.decision is not None:
        return option_of(case, case.decision.build), case.decision.returns
    one = option_of(case, case.cheapest) or case.options[0]
    if one.returns is None:
        one = next((other for other in case.options if other.returns is not None), one)
    return one, one.returns


def payback_sentence(case: Case) -> str:
    """When what is put in is back; empty where nothing returns."""
    one, returns = main_returns(case)
    if one is None or returns is None:
        return ""
    name = titles(case)[one.name]
    if not known(returns):
        return f"When {name} is paid back is unknown: not all of its flows are known."
    invested = returns.invested_usd
    if not invested:
        return f"{capital(name)} needs no money up front: its cumulative flows never are negative."
    if returns.payback_months.value is None:
        return f"The {amount(invested)} that {name} puts in are not back within {months(case.months)}."
    span = months_band(returns.payback_months)
    return (
        f"The {amount(invested)} that {name} puts in are back after {months(returns.payback_months.value)}"
        f"{f' ({span})' if span else ''}, discounted after {_discounted(returns, case)}; "
        f"ROI {roi_text(returns)}, IRR {irr_text(returns)}."
    )


def _discounted(returns: Returns, case: Case) -> str:
    value = returns.discounted_payback_months.value
    return f"more than {months(case.months)}" if value is None else months(value)


def hangs_sentence(case: Case) -> str:
    """The inputs that explain most of the result."""
    swings = case.tornado.swings if case.tornado is not None else []
    if not swings:
        return ""
    told = [one for one in sorted(swings, key=lambda one: -(one.share or 0.0)) if one.share][:2]
    if not told:
        return f"It hangs most on this: {input_text_of(swings[0])}."
    words = [f"{input_text_of(one)} ({share(one.share)} of the variance)" for one in told]
    return f"It hangs most on this: {' and '.join(words)}."


def factors_sentence(case: Case) -> str:
    """Whether the factors beside money choose the same."""
    decision = case.decision
    if decision is None or decision.agrees is None:
        return ""
    names = titles(case)
    mine = names.get(decision.weighted_choice, decision.weighted_choice)
    if decision.agrees:
        return f"The weighted factors choose the same: {mine}."
    return f"The weighted factors choose otherwise, {mine or 'neither'}: money and factors do not agree."


def beyond(case: Case) -> tuple[str, float] | None:
    """The option that is not compared and worth more than the one that is chosen, and by how much; None without one."""
    decision = case.decision
    if decision is None or not decision.choice:
        return None
    worths = _worths(case)
    best = max(worths, key=lambda name: worths[name], default="")
    if decision.choice not in worths or best in (decision.build, decision.buy):
        return None
    return best, worths[best] - worths[decision.choice]


def beyond_sentence(case: Case) -> str:
    """The same in words; empty where there is none."""
    found, decision = beyond(case), case.decision
    if found is None or decision is None:
        return ""
    names, (best, ahead) = titles(case), found
    more = f"{amount(ahead)} more than {names[decision.choice]} at present value"
    return f"Neither of the two is the best one: {names[best]} is worth {more}."


def _worths(case: Case) -> dict[str, float]:
    """Option → its net present value against the baseline, which is worth 0; of those where it is known."""
    found = {one.name: one.returns.npv_usd.value for one in case.options
             if one.returns is not None and one.returns.against == case.baseline}  # fmt: skip
    if case.baseline:
        found[case.baseline] = 0.0
    return {name: value for name, value in found.items() if value is not None}


def headline_of(case: Case) -> Headline:
    """What a reader in a hurry takes away."""
    details = [
        beyond_sentence(case),
        payback_sentence(case),
        hangs_sentence(case),
        factors_sentence(case),
    ]
    return Headline(answer_of(case), tuple(filter(None, details)), figures_of(case))


def figures_of(case: Case) -> Figures:
    """(what, figure, remark) at the top of a page."""
    names = titles(case)
    one, returns = main_returns(case)
    found: list[tuple[str, str, str]] = []
    decision = case.decision
    if decision is not None:
        saved = decision.saved_usd
        what = f"{names.get(decision.build, decision.build)} against {names.get(decision.buy, decision.buy)}"
        told = band(saved)
        found.append(("Net present value of building", amount(saved.value), f"90 % band {told}" if told else what))
        chance = decision.chance_build_wins
        found.append(("Chance that build wins", *_chance_figure(case, chance)))
    elif one is not None:
        cost = one.cost_usd
        told = band(cost)
        found.append(
            (f"Cost, {months(case.months)}", amount(cost.value), f"90 % band {told}" if told else names[one.name])
        )
        found.append(("At present value", amount(one.present_cost_usd.value),
                      f"at {per_year(case.discount_rate_per_year)}"))  # fmt: skip
        if returns is not None and returns.npv_usd.value is not None:
            told = band(returns.npv_usd)
            found.append(
                ("Net present value", amount(returns.npv_usd.value), f"90 % band {told}" if told else names[one.name])
            )
    if returns is not None:
        paid = months_band(returns.payback_months)
        found += [
            ("Payback", payback_text(returns, case.months), f"90 % band {paid}" if paid else _invested(returns)),
            ("Internal rate of return", irr_text(returns), _irr_remark(returns)),
            ("ROI", roi_text(returns), _roi_remark(returns)),
        ]
    return tuple(found)


def _chance_figure(case: Case, chance: float | None) -> tuple[str, str]:
    """Figure and remark."""
    if chance is not None:
        return chance_text(chance), f"{case.draws:,} draws"
    if case.decision is None or case.decision.saved_usd.value is None:
        return "unknown", "not all costs are known"
    return "none told", "nothing in the case is uncertain" if not case.draws else "nothing uncertain moves it"


def _invested(returns: Returns) -> str:
    if returns.invested_usd is None:
        return "what is put in is unknown"
    return f"{amount(returns.invested_usd)} put in" if returns.invested_usd else "nothing is put in"


def _irr_remark(returns: Returns) -> str:
    """In a few words; the notes of the options have the whole sentence."""
    if not known(returns):
        return "not all flows are known"
    flows = [flow for flow in returns.net_usd if flow]
    turns = bool(flows) and min(flows) < 0.0 < max(flows)
    if returns.irr_note and turns and (returns.irr_per_year is not None or returns.irr_rates_per_year):
        several = len(returns.irr_rates_per_year) if returns.irr_per_year is None else 1
        return (
            f"{several} rates fit: decide by net present value" if several > 1 else "signs change often, one rate fits"
        )
    return said(returns.irr_note).partition(":")[0].partition(";")[0] or "effective, by the year"


def _roi_remark(returns: Returns) -> str:
    told = band(returns.roi_percent, lambda value: "unknown" if value is None else f"{value:,.0f} %")
    if told:
        return f"90 % band {told}"
    if not known(returns):
        return "not all flows are known"
    if returns.roi_percent.value is None:
        return next((said(note) for note in returns.notes if "roi" in note.lower()), "nothing is put in")
    return "what is left over what is put in"
