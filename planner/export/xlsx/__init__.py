"""A business case, or a portfolio of jobs, as a workbook whose formulas recompute it."""
