"""A sheet of an option: what it costs and brings in each month, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from planner.export.xlsx.case.amounts import Placed
from planner.export.xlsx.case.inputs import NAMES, Inputs
from planner.export.xlsx.case.months import FIRST, HEADER, WIDTHS, Months
from planner.export.xlsx.cells import Cell, Row, Sheet, down, formula, letter, text
from planner.outcome.business_case import OptionResult
from planner.outcome.case_words import category_words

_TOTAL, _PRESENT, _AS_IS = 3, 4, 5
"""Columns of sums over the months: of all, discounted, before parity."""


@dataclass(slots=True)
class Flows:
    """The sheet, and its rows that others refer to."""

    name: str
    """Of the option."""
    sheet: Sheet
    categories: dict[str, Row] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    """cost, income (its own), revenue where there is any, net, cumulative, cumulative cost; cost of use, where machines
    are sold: the cost without that."""

    def total(self, what: str) -> str:
        """The cell of a row's sum."""
        return self.sheet.point(self.rows[what].row, _TOTAL)

    def present(self, what: str) -> str:
        """The cell of the same, discounted."""
        return self.sheet.point(self.rows[what].row, _PRESENT)

    def as_is(self) -> str:
        """The cell of the cost before parity."""
        return self.sheet.point(self.rows["cost"].row, _AS_IS)

    def total_of(self, category: str) -> str:
        """The cell of a category's sum."""
        return self.sheet.point(self.categories[category].row, _TOTAL)

    def first_year(self) -> str:
        """What it costs now and in months 1 to 12."""
        cost = self.rows["cost"]
        return str(Row(cost.sheet, cost.row, cost.first, min(cost.last, cost.first + 12)))


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet that is being filled, and what its formulas refer to."""

    sheet: Sheet
    months: Months
    inputs: Inputs

    def sums(self, category: str, as_is: str = "") -> tuple[Cell | None, ...]:
        """Cells between the name and the months of the next row."""
        span = self.months.row(self.sheet.title, self.sheet.next).span
        return (
            text(category_words(category)), formula(f"SUM({span})"),
            formula(f"SUMPRODUCT({span},{self.months.discount})"), formula(as_is) if as_is else None,
        )  # fmt: skip

    def line(self, placed: Placed) -> None:
        """A row with what a line pays in each month."""
        as_is = f"{letter(_TOTAL)}{self.sheet.next}*{placed.cell('parity')}" if placed.line.side == "cost" else ""
        sums = self.sums(placed.line.category, as_is)
        self.months.add(self.sheet, placed.line.name, lambda t: self._paid(placed, t), beside=sums)

    def _paid(self, placed: Placed, month: int) -> str:
        """As `CashLine` says, over parity."""
        t = f"{letter(FIRST + month)}${HEADER}"
        first, last, every = (placed.cell(what) for what in ("first", "last", "every"))
        due = f"IF({every}=0,{t}={first},AND({t}>={first},{t}<={last},MOD({t}-{first},MAX({every},1))=0))"
        level = f"((1+{placed.cell('growth')})*(1-{placed.cell('decline')}))^(({t}-IF({every}=1,1,0))/12)"
        paid = f"{placed.cell('amount')}*{level}{self._driver(placed.line.driver, month)}/{placed.cell('parity')}"
        return f"IF({due},{paid},0)"

    def _driver(self, driver: str, month: int) -> str:
        if not driver:
            return ""
        demand = f"*{self.months.demand.at(month)}"
        if driver == "demand":
            return demand
        return f"{demand}*{NAMES[driver] if driver in self.inputs.main else 'NA()'}"

    def add(self, words: str, category: str, rows: Iterable[int], *, costs: bool) -> Row:
        """A row that adds up others."""
        numbers = list(rows)

        def summed(column: int) -> str:
            if numbers and numbers == list(range(numbers[0], numbers[-1] + 1)):
                return f"SUM({down(column, numbers[0], numbers[-1])})"
            return "+".join(f"{letter(column)}{number}" for number in numbers) or "0"

        sums = self.sums(category, summed(_AS_IS) if costs else "")
        return self.months.add(self.sheet, words, lambda t: summed(FIRST + t), "total", beside=sums)


def flows_of(option: OptionResult, title: str, lines: Sequence[Placed], inputs: Inputs, months: Months) -> Flows:
    """The sheet: costs at full features by category, income, net, and what they add up to."""
    sheet = Sheet(title, WIDTHS, (HEADER + 1, FIRST))
    made, page = Flows(option.name, sheet), _Page(sheet, months, inputs)
    sheet.head(
        option.name if option.title in ("", option.name) else f"{option.name}: {option.title}",
        "USD of each month; costs at full features, that is over parity, for options to be compared alike. What is "
        "paid, as a budget needs it, is that times parity. Discounted by the rate of the sheet Inputs.",
    )
    months.header(sheet, "Line", "Category", "Total", "Discounted", "As is, before parity")
    costs = [one for one in lines if one.line.side == "cost"]
    sold = []
    for category in dict.fromkeys(one.line.category for one in costs):
        first = sheet.next
        for one in costs:
            if one.line.category == category:
                sold += [sheet.next] if (one.line.amount_usd or 0.0) < 0.0 else []
                page.line(one)
        rows = range(first, sheet.next)
        made.categories[category] = page.add(f"All of {category_words(category)}", category, rows, costs=True)
    made.rows["cost"] = page.add("Cost", "", [row.row for row in made.categories.values()], costs=True)
    if option.parity.value != 1.0:
        months.add(
            sheet, "Cost as paid, before parity",
            lambda t: f"{made.rows['cost'].own(t)}*{inputs.parity[option.name]}", beside=page.sums(""),
        )  # fmt: skip
    if sold:
        made.rows["cost of use"] = months.add(
            sheet, "Cost, without what machines are sold for",
            lambda t: "-".join([made.rows["cost"].own(t), *(f"{letter(FIRST + t)}{row}" for row in sold)]),
            beside=page.sums(""),
        )  # fmt: skip
    first = sheet.next
    for one in lines:
        if one.line.side == "income":
            page.line(one)
    made.rows["income"] = page.add("Own income", "", range(first, sheet.next), costs=False)
    _add_net(made, page)
    return made


def _add_net(made: Flows, page: _Page) -> None:
    sheet, months, rows = made.sheet, page.months, made.rows
    revenue = months.rows.get("revenue")
    if revenue is not None:
        rows["revenue"] = months.add(sheet, "Revenue", revenue.at, since=1, beside=page.sums(""))
    plus = [rows[key] for key in ("revenue", "income") if key in rows]
    rows["gain"] = months.add(
        sheet, "Revenue and own income", lambda t: "+".join(row.own(t) for row in plus), beside=page.sums("")
    )
    net = rows["net"] = months.add(
        sheet, "Net", lambda t: f"{rows['gain'].own(t)}-{rows['cost'].own(t)}", "total", beside=page.sums("")
    )
    rows["cumulative"] = months.add(sheet, "Net, added up", lambda t: added_up(sheet, net, t))
    rows["cumulative cost"] = months.add(sheet, "Cost, added up", lambda t: added_up(sheet, rows["cost"], t))


def added_up(sheet: Sheet, of: Row, month: int) -> str:
    """The next row of a sheet as running sums of another: what stood before, and this month's."""
    before = f"{letter(of.first + month - 1)}{sheet.next}+" if month else ""
    return f"{before}{of.own(month)}"
