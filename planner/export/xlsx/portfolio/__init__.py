"""A portfolio of jobs as sheets: the schedule is numbers, sums over it are formulas."""
