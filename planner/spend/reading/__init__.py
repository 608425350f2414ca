"""Files → the tables of a review; what cannot be right is set aside with the reason, and nothing is lost."""
