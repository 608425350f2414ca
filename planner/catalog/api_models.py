"""Rows of language models behind an API: prices per token, limits, and whose weights they are. NaN means unknown."""

from dataclasses import dataclass
from math import isnan


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCaching:
    """How a provider caches prompts, and what a token costs that is put into the cache."""

    provider: str
    models: str
    """How the names of the models begin that it is for; empty for all others of the provider."""
    how: str
    """`explicit`: asked for in the request, or `automatic`."""
    write: float
    """Multiple of the input price."""
    long_write: float
    """The same for the longer life; NaN where there is none."""
    minimum_tokens: int
    """Shortest prefix that is cached."""
    life_minutes: float
    long_life_minutes: float
    tag: str
    """C: read in a public source; E: engineering prior."""
    as_of: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiModel:
    """What one provider asks for the tokens of one model, in USD per million tokens; NaN where nothing is listed."""

    id: str
    """`provider/model`, lower-case."""
    provider: str
    model: str
    """As the provider prints it."""
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    cached_input_usd_per_mtok: float
    """Of input that the provider finds in its cache."""
    batch_input_usd_per_mtok: float
    batch_output_usd_per_mtok: float
    cache_write_usd_per_mtok: float
    """Of input that is put into the cache for the short life; NaN where no cached price is listed."""
    long_cache_write_usd_per_mtok: float
    caching: PromptCaching | None
    """None where no rule is known for the provider."""
    max_input_tokens: float
    max_output_tokens: float
    open_model: str
    """Catalog id of the open weights behind it; empty where they are closed or unknown."""
    variant: str
    """`base` or `instruct`, of the open weights; else empty."""
    scored_as: str
    """How `model_scores.csv` prints this variant; empty where no score of it is published."""
    source_key: str
    """Its name in the source of the price."""
    as_of: str
    confidence: str
    source: str
    doubt: str
    """Why the price is hardly so; empty where nothing speaks against it."""

    @property
    def caches(self) -> bool:
        """Whether a cached price is listed."""
        return not isnan(self.cached_input_usd_per_mtok)

    @property
    def has_batch(self) -> bool:
        """Whether batch prices are listed."""
        return not isnan(self.batch_input_usd_per_mtok)
