"""The sheet Returns: what each option returns against another, or by its own income."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from planner.export.xlsx.case.flows import Flows, added_up
from planner.export.xlsx.case.inputs import NAMES
from planner.export.xlsx.case.months import FIRST, HEADER, WIDTHS, Months
from planner.export.xlsx.cells import Cell, Lines, Row, Sheet, Style, formula, letter, text
from planner.outcome.business_case import Case

TITLE: Final = "Returns"
VALUE: Final = 3
"""Column of figures."""
_NOISE: Final = "1E-12"
"""As in `planner/estimate/finance/returns.py`."""
NEVER: Final = "not within the horizon"
NOTHING_INVESTED: Final = "nothing is invested"
NOTHING_NOW: Final = "nothing is laid out now"
_RATES: Final = (
    *(10.0**-digits - 1.0 for digits in range(15, 2, -1)), -0.99, -0.97, -0.95, -0.9, -0.8, -0.7, -0.6, -0.5, -0.4,
    -0.3, -0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0,
    1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e8, 1e10, 1e13, 1e16,
)  # fmt: skip
"""Yearly rates at which the net present value is told, which parts its zeros from each other."""


@dataclass(frozen=True, slots=True)
class Gains:
    """The sheet, and the cells of figures of each option that returns something."""

    sheet: Sheet
    figures: dict[str, dict[str, str]] = field(default_factory=dict)
    """Option → figure → cell: npv, invested, benefit, roi, payback, discounted_payback, break_even, irr, index."""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    """Option → net, cumulative."""


def gains_of(case: Case, flows: Mapping[str, Flows], months: Months) -> Gains:
    """The sheet; a block for each option that the case holds against another, or that has income."""
    sheet = Sheet(TITLE, WIDTHS, (HEADER + 1, FIRST))
    made = Gains(sheet)
    sheet.head(
        "Returns",
        "Net: the other's cost less its own, and its own income less the other's, at full features; money in is "
        "positive. Held against nothing, it is revenue and own income less cost.",
    )
    months.header(sheet, "USD of each month", "", "Figure")
    for option in case.options:
        if option.returns is not None:
            against = flows.get(option.returns.against)
            made.rows[option.name], made.figures[option.name] = _Block(sheet, months).fill(flows[option.name], against)
    if made.rows:
        lines = [(name, rows["cumulative"]) for name, rows in made.rows.items()]
        sheet.charts.append(Lines("Net returns, added up", months.month, lines, sheet.next + 1))
    return made


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of one option."""

    sheet: Sheet
    months: Months

    def fill(self, flows: Flows, against: Flows | None) -> tuple[dict[str, Row], dict[str, str]]:
        sheet = self.sheet
        words = flows.name if against is None else f"{flows.name} against {against.name}"
        sheet.add()
        sheet.add(text(words, "header"))
        net = self.months.add(sheet, "Net", lambda t: _net(flows, against, t), "total")
        moved, total, red = self._running(net, "")
        worth = self.months.add(sheet, "Net, discounted", lambda t: f"{net.own(t)}*{self.months.discount.at(t)}")
        _, worth_total, worth_red = self._running(worth, "discounted: ")
        signs = self.months.add(sheet, "Sign so far", lambda t: self._sign(net, t), "count")
        rates, values = self._profile(net, signs)
        later = self.months.row(TITLE, net.row, since=1).span
        first, last = net.own(0), self.months.count
        npv = self._figure("Net present value", f"{first}+NPV({NAMES['rate']},{later})")
        invested = self._figure("Invested", f"IF(-MIN({total.span})<={_NOISE}*{moved.own(last)},0,-MIN({total.span}))")
        benefit = self._figure("Benefit that follows", f"{total.own(last)}+{invested}")
        changes = self._figure("Changes of sign", f"SUMPRODUCT(({_but_last(signs)}*{_but_first(signs)}<0)*1)", "count")
        irr = self._rate(net, changes, rates, values)
        figures = {
            "npv": npv, "invested": invested, "benefit": benefit,
            "roi": self._figure(
                "Return on investment, %",
                f'IF({invested}>0,100*({benefit}-{invested})/{invested},"{NOTHING_INVESTED}")', "tenth",
            ),
            "payback": self._payback("Payback, months", net, total, red),
            "discounted_payback": self._payback("Discounted payback, months", worth, worth_total, worth_red),
            "break_even": self._figure(
                "Break-even month", f'IF(MAX({red.span})={last},"{NEVER}",MAX({red.span})+1)', "whole"
            ),
            "irr": irr,
            "index": self._figure(
                "Profitability index", f'IF({first}<0,1+{npv}/-{first},"{NOTHING_NOW}")'
            ),
        }  # fmt: skip
        return {"net": net, "cumulative": total}, {key: f"{TITLE}!{cell}" for key, cell in figures.items()}

    def _figure(self, words: str, of: str, style: Style = "money") -> str:
        row = self.sheet.add(text(words), None, formula(of, style))
        return f"${letter(VALUE)}${row}"

    def _running(self, of: Row, before: str) -> tuple[Row, Row, Row]:
        """Money moved so far, sums so far, and in months that these are under 0 the month, else -1."""
        sheet, months = self.sheet, self.months
        moved = months.add(sheet, f"{before}moved so far", lambda t: _moved(sheet, of, t))
        total = months.add(sheet, f"{before}added up", lambda t: added_up(sheet, of, t), "total")
        red = months.add(
            sheet, f"{before}month under 0, else -1",
            lambda t: f"IF({total.own(t)}<-{_NOISE}*{moved.own(t)},{letter(FIRST + t)}${HEADER},-1)", "count",
        )  # fmt: skip
        return moved, total, red

    def _sign(self, net: Row, month: int) -> str:
        """Of the last flow that is not 0."""
        if not month:
            return f"SIGN({net.own(0)})"
        return f"IF({net.own(month)}=0,{letter(FIRST + month - 1)}{self.sheet.next},SIGN({net.own(month)}))"

    def _profile(self, net: Row, signs: Row) -> tuple[Row, Row]:
        """Net present values at many yearly rates."""
        gap = [None] * (FIRST - 2)
        row = self.sheet.add(text("Yearly rate"), *gap, *(Cell(rate, "drawn_share") for rate in _RATES))
        rates = Row(TITLE, row, FIRST, FIRST + len(_RATES) - 1)
        row = self.sheet.add(
            text("Net present value at it"), *gap,
            *(formula(_worth_at(net, signs, rates.own(k))) for k in range(len(_RATES))),
        )  # fmt: skip
        return rates, Row(TITLE, row, rates.first, rates.last)

    def _rate(self, net: Row, changes: str, rates: Row, values: Row) -> str:
        flips = f"(SIGN({_but_last(values)})*SIGN({_but_first(values)})<0)"
        zeros = self._figure("Rates between which it changes sign", f"SUMPRODUCT({flips}*1)", "count")
        between = f"SUMPRODUCT({flips}*(LN(1+{_but_last(rates)})+LN(1+{_but_first(rates)})))/24"
        guess = self._figure("Rate a month near which it is 0", f"IF({zeros}=1,EXP({between})-1,0.01)", "count")
        none = (
            f'IF(MAX({net.span})>0,"there are only receipts: nothing is laid out that could earn a rate",'
            f'IF(MIN({net.span})<0,"there are only costs: nothing comes back, at any rate",'
            f'"all flows are 0: every rate fits"))'
        )
        several = f'"the flows change sign "&{changes}&" times, and "&{zeros}&" rates make them worth 0"'
        found = f'IFERROR(IRR({net.span},{guess}),"beyond the rates above")'
        month = self._figure(
            "Internal rate of return a month",
            f"IF({changes}=0,{none},IF(AND({changes}>1,{zeros}<>1),{several},{found}))", "count",
        )  # fmt: skip
        return self._figure(
            "Internal rate of return a year", f"IF(ISNUMBER({month}),(1+{month})^12-1,{month})", "share"
        )

    def _payback(self, words: str, flow: Row, total: Row, red: Row) -> str:
        """The last month under 0, and the part of the next in which it is back."""
        under = f"MAX({red.span})"
        part = f"INDEX({total.span},1,{under}+1)/INDEX({flow.span},1,{under}+2)"
        back = f'IF({under}<0,0,IF({under}={self.months.count},"{NEVER}",{under}-{part}))'
        return self._figure(words, back, "tenth")


def _net(flows: Flows, against: Flows | None, month: int) -> str:
    if against is None:
        return flows.rows["net"].at(month)
    own, other = (f"({one.rows['income'].at(month)}-{one.rows['cost'].at(month)})" for one in (flows, against))
    return f"IF(ABS({own}-{other})<={_NOISE}*(ABS{own}+ABS{other}),0,{own}-{other})"


def _moved(sheet: Sheet, of: Row, month: int) -> str:
    before = f"{letter(FIRST + month - 1)}{sheet.next}+" if month else ""
    return f"{before}ABS({of.own(month)})"


def _worth_at(net: Row, signs: Row, rate: str) -> str:
    """Near -100 % the last flow outweighs all others: where that is beyond all numbers, its sign is told."""
    months = f"{letter(net.first)}${HEADER}:{letter(net.last)}${HEADER}"
    last = signs.own(net.last - net.first)
    return f"IFERROR(SUMPRODUCT({net.span},(1+{rate})^(-{months}/12)),{last}*1E+300)"


def _but_last(row: Row) -> str:
    return Row(row.sheet, row.row, row.first, row.last - 1).span


def _but_first(row: Row) -> str:
    return Row(row.sheet, row.row, row.first + 1, row.last).span
