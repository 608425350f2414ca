"""Sums that are the same in whatever order rows come, as expressions of SQL."""


def total(value: str, only: str = "") -> str:
    """The sum of numbers as a DOUBLE, of rows that fit `only`; NULL where there are none.

    Doubles do not add up to the same in every order, and rows come in none; decimals do. What is below 1e-12 is lost,
    and a number of 1e18 or more, which no reader lets in but products may make, counts as unknown.
    """
    where = f" FILTER (WHERE {only})" if only else ""
    return f"CAST(sum(TRY_CAST({value} AS DECIMAL(30, 12))){where} AS DOUBLE)"
