"""The one page for who decides."""
