"""Who there is, what they run and what goes wrong: the truth that a review has to find."""

import datetime
from dataclasses import dataclass
from typing import Final

SEED: Final = 20261124
FIRST: Final = datetime.date(2025, 11, 1)
END: Final = datetime.date(2026, 11, 24)
"""The day after the last: the year's current month is not over."""
DAYS: Final = (END - FIRST).days


@dataclass(frozen=True)
class Machine:
    """A rented machine; prices in USD an hour are the catalog's for AWS us-east-1."""

    instance: str
    card: str
    gpus: int
    list_usd: float
    spot_usd: float


PREEMPTIONS_PER_HOUR: Final = 0.04
"""How often a spot machine is taken away."""
P4DE: Final = Machine("p4de.24xlarge", "NVIDIA A100-SXM4-80GB", 8, 27.44705, 9.6065)
P5: Final = Machine("p5.4xlarge", "NVIDIA H100 80GB HBM3", 1, 6.88, 0.0)
G6E: Final = Machine("g6e.xlarge", "NVIDIA L40S", 1, 1.861, 0.7816)
G6: Final = Machine("g6.xlarge", "NVIDIA L4", 1, 0.8048, 0.4104)


@dataclass(frozen=True)
class Model:
    """A model that a team trains or serves."""

    name: str
    team: str
    base: str
    trains_on: Machine | None = None
    runs_per_week: float = 0.0
    hours: float = 0.0
    """Median of a run."""
    epochs: int = 3
    serves_on: Machine | None = None
    nodes: int = 0
    requests_per_day: float = 0.0
    api: str = ""
    """Model behind an API that answers its requests, where it has no machine."""
    tokens: tuple[float, float] = (900.0, 220.0)
    """Mean tokens in and out of a request."""
    since: datetime.date = FIRST


MODELS: Final = (
    Model("support-bot", "support", "llama-3.1-8b", G6E, 2.0, 6.0, 3, G6E, 2, 52_000, tokens=(1100, 260)),
    Model("ticket-triage", "support", "qwen2.5-7b", G6E, 1.0, 2.5, 3, G6, 1, 30_000, tokens=(420, 12)),
    Model("reply-draft", "support", "qwen2.5-7b", None, api="gpt-4o-mini", requests_per_day=41_000, tokens=(1500, 300)),
    Model("faq-search", "support", "qwen2.5-1.5b", G6, 1.5, 1.5, 4),
    Model("sentiment", "support", "qwen2.5-0.5b", G6, 0.7, 0.8, 5),
    Model("copilot", "product", "llama-3.1-70b", P4DE, 0.8, 5.0, 2, G6E, 3, 24_000, tokens=(2200, 420)),
    Model("doc-summary", "product", "llama-3.1-8b", P5, 1.2, 4.0, 3, G6E, 2, 9_000, tokens=(3800, 350)),
    Model("translate", "product", "qwen2.5-7b", None, api="gpt-4.1-mini", requests_per_day=26_000, tokens=(800, 780)),
    Model("search-rank", "product", "qwen2.5-1.5b", G6E, 2.0, 1.8, 4, G6, 1, 61_000, tokens=(260, 8)),
    Model("onboarding-bot", "product", "llama-3.1-8b", G6E, 1.0, 3.0, 3, since=datetime.date(2026, 4, 6)),
    Model("long-context", "research", "llama-3.1-8b", P4DE, 2.0, 7.0, 2),
    Model("moe-probe", "research", "mixtral-8x7b", P4DE, 1.4, 8.0, 2),
    Model("distill-3b", "research", "llama-3.2-3b", P5, 2.5, 6.0, 6),
    Model("rlhf-lab", "research", "llama-3.1-8b", P4DE, 1.1, 5.0, 4),
    Model("eval-judge", "research", "llama-3.1-70b", None, api="gpt-4.1", requests_per_day=3_500, tokens=(2600, 180)),
    Model("pii-redact", "data", "qwen2.5-1.5b", G6, 1.5, 2.0, 4, G6, 1, 44_000, tokens=(700, 650)),
    Model("entity-link", "data", "qwen2.5-7b", G6E, 1.0, 3.5, 3, G6, 1, 12_000, tokens=(900, 90)),
    Model("dedupe", "data", "qwen2.5-0.5b", G6, 1.0, 1.2, 3),
    Model("catalog-tag", "data", "llama-3.1-8b", P5, 1.3, 3.0, 3),
    Model("sql-writer", "data", "qwen2.5-7b", P5, 1.0, 4.5, 3),
)
TEAMS: Final = ("research", "product", "support", "data")
TENANTS: Final = ("acme", "globex", "hooli", "initech", "umbrella")
API_USD: Final = {"gpt-4o-mini": (0.15, 0.6, 0.075), "gpt-4.1-mini": (0.4, 1.6, 0.1), "gpt-4.1": (2.0, 8.0, 0.5)}
"""USD per million tokens in, out and cached, as the catalog has them."""
LEAK_TENANT: Final = "globex"
LEAK_MODEL: Final = "translate"
LEAK_FROM: Final = datetime.date(2026, 6, 1)
LEAK_PER_WEEK: Final = 1.055
"""Its requests grow so much every week, and no other tenant's do."""
PLANTED: Final = {
    "research": (datetime.date(2026, 3, 17), datetime.date(2026, 3, 18)),
    "data": (datetime.date(2026, 6, 22), datetime.date(2026, 6, 25)),
    "support": (datetime.date(2026, 10, 14), datetime.date(2026, 10, 14)),
}
"""Team → first and last day of what went wrong: a run that nobody stopped, a bucket copied out, a prompt in a loop."""
FORGOTTEN_RUN: Final = "long-context-forgotten"
OVER_BUDGET: Final = "product"


def growth(model: Model, day: datetime.date) -> float:
    """How much of a model's requests there are on a day: 0.6 % more every week, a third less at weekends."""
    week = (day - FIRST).days / 7.0
    weekend = 0.66 if day.weekday() >= 5 else 1.1
    return float(1.006**week * weekend * (day >= model.since))


def leaks(tenant: str, model: Model, day: datetime.date) -> float:
    """Factor of a tenant's requests."""
    if tenant != LEAK_TENANT or model.name != LEAK_MODEL or day < LEAK_FROM:
        return 1.0
    return float(LEAK_PER_WEEK ** ((day - LEAK_FROM).days / 7.0))
