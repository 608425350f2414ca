"""Bills in the FOCUS format → charges by day, GPU-hours by the hour, and what was set aside."""

from planner.spend.reading.focus.bills import read_bill
from planner.spend.reading.focus.invoices import invoices_of

__all__ = ["invoices_of", "read_bill"]
