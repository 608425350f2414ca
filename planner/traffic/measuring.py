"""The figures of a log, counted block by block."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.traffic.block import Block
from planner.traffic.faults import Faults
from planner.traffic.keyed import CAPACITY, KeyedRows
from planner.traffic.tallies import LengthCounts, NameCounts, TimeCounts
from planner.traffic.times import Micros

BACKWARDS_S = 300.0
"""Rows of several servers are out of order by seconds or minutes; further back a clock was set."""
_DAY_S = 86_400
_SECOND = 10**6


@dataclass(slots=True)
class Measuring:
    """What is counted of the requests of a log."""

    faults: Faults
    capacity: int = CAPACITY
    requests: int = 0
    zero: int = 0
    failed: int = 0
    status_known: int = 0
    cached_tokens: float = 0.0
    """Sum over the requests of which the log says what was cached."""
    cached_known: int = 0
    """Requests of which it says so."""
    input_tokens: LengthCounts = field(default_factory=LengthCounts)
    output_tokens: LengthCounts = field(default_factory=LengthCounts)
    latency: TimeCounts = field(default_factory=TimeCounts)
    ttft: TimeCounts = field(default_factory=TimeCounts)
    tenants: NameCounts = field(default_factory=NameCounts)
    models: NameCounts = field(default_factory=NameCounts)
    prompts: KeyedRows = field(init=False)
    conversations: KeyedRows = field(init=False)
    users: KeyedRows = field(init=False)
    _times: Micros = field(default_factory=lambda: np.empty(2**16, dtype=np.int64))
    """Times of the requests, and room for more."""
    _previous: int | None = None
    _compact_at: int = 2**20

    def __post_init__(self) -> None:
        self.prompts = KeyedRows({"time": np.uint32, "failed": np.int8}, self.capacity)
        self.conversations = KeyedRows({"time": np.uint32, "sent": np.int32, "answered": np.int32}, self.capacity)
        self.users = KeyedRows({"day": np.uint16}, self.capacity)

    def times(self) -> Micros:
        """The times of all requests, sorted; they are let go."""
        found, self._times = self._times, np.empty(0, dtype=np.int64)
        found.resize(self.requests, refcheck=False)
        found.sort()
        return found

    def add(self, block: Block) -> None:
        """Count a block of usable rows; those without tokens that did not fail are kept apart."""
        self._clock(block)
        sent, answered = np.nan_to_num(block.input_tokens), np.nan_to_num(block.output_tokens)
        failed = np.full(sent.size, -1, dtype=np.int8) if block.failed is None else block.failed
        full = (sent > 0) & (answered > 0)
        kept = full | (failed == 1)
        self._zero_rows(block, ~kept, sent)
        self._keep_times(block.times[kept])
        self.failed += int((failed[kept] == 1).sum())
        self.status_known += int((failed[kept] >= 0).sum())
        self.input_tokens.add(sent[full])
        self.output_tokens.add(answered[full])
        if block.cached_tokens is not None:
            self.cached_tokens += float(np.nansum(block.cached_tokens[full]))
            self.cached_known += int((~np.isnan(block.cached_tokens[full])).sum())
        good = kept & (failed != 1)
        for counts, column in ((self.latency, block.latency_s), (self.ttft, block.ttft_s)):
            if column is not None:
                counts.add(column[good])
        for names, codes in ((self.tenants, block.tenants), (self.models, block.models)):
            if codes is not None:
                names.add(codes[kept], (sent + answered)[kept])
        self._keyed(block, kept, full, (sent, answered, failed))

    def _keep_times(self, times: Micros) -> None:
        before, self.requests = self.requests, self.requests + times.size
        if self.requests > self._times.size:
            # Grown in place: a copy would double what the longest column takes.
            self._times.resize(self.requests + self.requests // 4, refcheck=False)
        self._times[before : self.requests] = times

    def _keyed(
        self,
        block: Block,
        kept: NDArray[np.bool_],
        full: NDArray[np.bool_],
        columns: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]],
    ) -> None:
        sent, answered, failed = columns
        seconds = block.times // _SECOND
        if block.prompts is not None:
            self.prompts.add(block.prompts[kept], time=seconds[kept], failed=failed[kept])
        if block.conversations is not None:
            self.conversations.add(
                block.conversations[full], time=seconds[full], sent=sent[full], answered=answered[full]
            )
        if block.users is not None:
            self.users.add(block.users[kept], day=seconds[kept] // _DAY_S)
            if self.users.size > self._compact_at:
                self.users.compact()
                self._compact_at = max(2**20, 2 * self.users.size)

    def _zero_rows(self, block: Block, zero: NDArray[np.bool_], sent: NDArray[np.float64]) -> None:
        for row in np.flatnonzero(zero):
            self.zero += 1
            which = "output" if sent[row] > 0 else "input"
            self.faults.row(
                "log-zero-tokens", f"the row has 0 {which} tokens and did not fail; it is kept apart",
                int(block.lines[row]), severity="warning",
            )  # fmt: skip

    def _clock(self, block: Block) -> None:
        """Tell where time goes backwards from one row to the next."""
        before = block.times[0] if self._previous is None else self._previous
        steps = np.diff(block.times, prepend=before)
        for row in np.flatnonzero(steps < -BACKWARDS_S * _SECOND):
            back = -int(steps[row]) / _SECOND / 3600
            what = "the clock goes backwards by more than 5 minutes; rows are sorted by time"
            self.faults.row(
                "log-clock", what, int(block.lines[row]), 1, f" (here by {back:,.2f} h)", severity="warning"
            )
        self._previous = int(block.times[-1])
