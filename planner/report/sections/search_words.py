"""What the search did, in words: how the space was searched, what was passed over, what was cut."""

from planner.outcome import AnyPlan, Search
from planner.report.names import clean, plural
from planner.units import significant

STOPPED = {
    "limit": " until its evaluations were used up",
    "converged": " until it converged{generations}",
    "exhausted": " until nothing new was left to try",
}
"""Why the sampling of a space ended, in words."""


def search_text(search: Search) -> str:
    """How the space was searched: all of it, or a sample of it by which sampler."""
    told = search.model_dump()
    if search.strategy == "exact":
        covered = f"exact, {plural(search.covered, 'combination')} covered"
        rest = f": {search.evaluated:,} evaluated, {search.pruned:,} proven to change nothing"
        return covered + rest if search.pruned else covered
    by = f" by {clean(str(told['sampler']))}" if told.get("sampler") else ""
    volume = told.get("hypervolume")
    after = "" if search.generations is None else f" after {plural(search.generations, 'generation')}"
    end = STOPPED.get(search.stopped, "").format(generations=after)
    text = f"{clean(search.strategy)}{by}{end}, {plural(search.evaluated, 'combination')} evaluated"
    return text if volume is None else f"{text}, hypervolume {significant(float(volume), 4)}"


def sampled_text(search: Search) -> str:
    """That the front was sampled: how much was evaluated and by what; empty where it is proven."""
    if search.exact:
        return ""
    by = f" by {clean(search.sampler)}" if search.sampler else ""
    return (
        f"This front was sampled and is not proven: {plural(search.evaluated, 'combination')} evaluated{by}; "
        "a better plan may have been missed."
    )


def unknown_text(plan: AnyPlan) -> str:
    """How many combinations stand beside the front because an objective is unknown."""
    n = plan.unknown
    return (
        f"{plural(n, 'combination')} with an unknown objective {'stand' if n > 1 else 'stands'} beside the front"
        if n
        else ""
    )


def _pruned(search: Search) -> str:
    """What was passed over, by the proof that it changes nothing."""
    if not search.pruned:
        return ""
    rules = "; ".join(f"{count:,} because {clean(rule)}" for rule, count in search.pruned_by.items() if count)
    return f"{search.pruned:,} of {plural(search.covered, 'combination')} were not evaluated: {rules}. "


def constraints_text(plan: AnyPlan) -> str:
    """How much was looked at, what was cut of it, and what is feasible."""
    whole = plan.search.evaluated
    if not plan.search.covered:
        return "The scenario puts no machine in play, so there was nothing to cut."
    looked = " evaluated" if plan.search.pruned else ""
    cut = whole - plan.feasible - plan.unknown
    share = f" ({100 * cut / whole:.1f} %)" if whole else ""
    beside = f"; {unknown_text(plan)}" if plan.unknown else ""
    sampled = (
        "" if plan.search.strategy == "exact" else f"The space was not searched whole: {search_text(plan.search)}. "
    )
    return (
        f"{sampled}{_pruned(plan.search)}Of {plural(whole, 'combination')}{looked}, {cut:,}{share} were cut and "
        f"{plan.feasible:,} are feasible"
        f"{beside}. A combination may break several constraints; “alone” counts those that break this one and no other."
    )
