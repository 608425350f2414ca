"""The planner's version, for the package, its build and every plan."""

__version__ = "0.1.0"
