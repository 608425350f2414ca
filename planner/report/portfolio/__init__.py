"""Reports of a portfolio: what a page prints of a `PortfolioPlan`."""
