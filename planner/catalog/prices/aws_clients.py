"""Clients of AWS, made by boto3: its own credentials and profiles, our time limits, its failures in our words."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.source import Ask
from planner.errors import InputError, SetupError
from planner.http.addresses import AddressError, read_address
from planner.http.failure import (
    BrokenAnswerError,
    HostError,
    NoAnswerError,
    PermissionMissingError,
    RateLimitError,
    RefusedError,
)
from planner.version import __version__

VARIABLES: Final[Mapping[str, str]] = {
    "AWS_ACCESS_KEY_ID": "access key; else whatever boto3 finds: a profile, SSO, the role of the machine",
    "AWS_SECRET_ACCESS_KEY": "its secret",
    "AWS_SESSION_TOKEN": "token of a temporary key",
    "AWS_PROFILE": "profile of ~/.aws/config",
    "AWS_ENDPOINT_URL": "address to ask instead of AWS's",
    "AWS_ENDPOINT_URL_PRICING": "the same, for the price list alone",
    "AWS_ENDPOINT_URL_EC2": "the same, for spot prices alone",
}
RIGHTS: Final = "pricing:GetAttributeValues, pricing:GetProducts and ec2:DescribeSpotPriceHistory"
MOST_PAGES: Final = 1000
_TIMEOUT_S: Final = 20
_TRIES: Final = 6
_DENIED: Final = re.compile(
    r"AccessDenied|Unauthori[sz]ed|UnrecognizedClient|InvalidClientTokenId|AuthFailure|ExpiredToken|OptInRequired|"
    r"InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken|IncompleteSignature"
)
_LIMITED: Final = re.compile(r"Throttl|RequestLimitExceeded|TooManyRequests|SlowDown")


class Account:
    """Who asks: credentials found once, for every client."""

    def __init__(self, ask: Ask) -> None:
        """Raises SetupError without boto3, and InputError or PermissionMissingError without usable settings."""
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            message = 'prices of AWS need boto3: pip install "finetune-planner[aws]"'
            raise SetupError(message) from None
        given = {name: text.strip() or None for name, text in ask.environment.items() if name in VARIABLES}
        key, secret = given.get("AWS_ACCESS_KEY_ID"), given.get("AWS_SECRET_ACCESS_KEY")
        if bool(key) != bool(secret):
            message = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; one of them is not set"
            raise PermissionMissingError(message)
        with failures("credentials", "the configuration"):
            self._session = boto3.Session(
                aws_access_key_id=key,
                aws_secret_access_key=secret,
                aws_session_token=given.get("AWS_SESSION_TOKEN") if key else None,
                profile_name=None if key else given.get("AWS_PROFILE"),
            )
        self._config = Config(
            connect_timeout=_TIMEOUT_S,
            read_timeout=_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": _TRIES},  # waits grow; adaptive is experimental
            user_agent_extra=f"finetune-planner/{__version__}",
        )
        self._environment = ask.environment

    def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A client of a service; raises InputError where its address may not be used."""
        variable = f"AWS_ENDPOINT_URL_{service.upper()}"
        found = (self._environment.get(name, "").strip() for name in (variable, "AWS_ENDPOINT_URL"))
        endpoint = next((address for address in found if address), None)
        if endpoint is not None:
            try:
                read_address(endpoint)
            except AddressError as error:
                message = f"{variable} or AWS_ENDPOINT_URL {error}"
                raise InputError(message) from None
        with failures(service, region):
            return self._session.client(service, region_name=region, endpoint_url=endpoint, config=self._config)


def pages(client: Any, operation: str, service: str, region: str, **arguments: object) -> Iterator[Any]:  # noqa: ANN401
    """Every page of an operation's answer; raises HostError."""
    with failures(service, region):
        for number, page in enumerate(client.get_paginator(operation).paginate(**arguments)):
            if number >= MOST_PAGES:
                message = f"AWS {service} in {region} answers {operation} with more than {MOST_PAGES} pages"
                raise BrokenAnswerError(message)
            yield page


@contextmanager
def failures(service: str, region: str) -> Iterator[None]:
    """Raise what boto3 raises as a HostError, InputError or PermissionMissingError without AWS's own text."""
    from botocore import exceptions

    where = f"AWS {service} in {region}"
    try:
        yield
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError):
        message = (
            "no credentials for AWS: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; "
            f"they need the rights {RIGHTS}"
        )
        raise PermissionMissingError(message) from None
    except exceptions.TokenRetrievalError:
        message = "the session of AWS's single sign-on is over: run `aws sso login`"
        raise PermissionMissingError(message) from None
    except exceptions.ProfileNotFound:
        message = "AWS_PROFILE names no profile of the AWS configuration"
        raise InputError(message) from None
    except exceptions.ClientError as error:
        raise _refused(where, error.response) from None
    except (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError):
        message = f"{where} does not answer in time ({_TRIES} tries)"
        raise NoAnswerError(message) from None
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        message = f"{where} cannot be reached ({type(error).__name__})"
        raise NoAnswerError(message) from None
    except exceptions.BotoCoreError as error:
        message = f"{where} cannot be asked, or makes no sense ({type(error).__name__})"
        raise BrokenAnswerError(message) from None


def _refused(where: str, response: Mapping[str, Any]) -> HostError:
    code = plain(response.get("Error", {}).get("Code", "no code"), 60)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if _LIMITED.search(code):
        return RateLimitError(f"{where} keeps asking to wait ({code}); run this again later")
    if _DENIED.search(code) or status in (401, 403):
        return PermissionMissingError(
            f"{where} does not accept AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the profile ({code}): "
            f"they need the rights {RIGHTS}"
        )
    if isinstance(status, int) and status >= 500:
        return NoAnswerError(f"{where} is out of order ({status}); run it again later")
    return RefusedError(f"{where} refuses the request ({code})")
