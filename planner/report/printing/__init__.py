"""Data and a template become a page, and the page a file."""
