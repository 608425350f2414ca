"""Scenarios planned one after another, in processes beside each other, or on a cluster: the same files and words."""
