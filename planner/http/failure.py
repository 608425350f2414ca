"""What can go wrong with another system, in words for the user; never with a secret in them."""

from planner.errors import PlannerError


class HostError(PlannerError):
    """Another system did not do what it was asked for; the message says why and what to do."""


class NoAnswerError(HostError):
    """It could not be reached, or did not answer in time."""


class RateLimitError(HostError):
    """It asks to wait longer than we may."""


class PermissionMissingError(HostError):
    """The token is not valid, or does not allow it."""


class TooLongError(HostError):
    """It refuses a text for its length."""


class RefusedError(HostError):
    """It refuses for another reason: nothing is there, or the request does not please it."""


class BrokenAnswerError(HostError):
    """Its answer makes no sense, or leads where we do not go."""
