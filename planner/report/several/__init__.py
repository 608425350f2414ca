"""Reports of several plans: an index, a comparison, a cost centre."""
