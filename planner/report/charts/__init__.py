"""One specification of each chart, for screen and paper."""
