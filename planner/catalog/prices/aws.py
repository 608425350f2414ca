"""AWS: EC2 instances with accelerators, on demand and reserved from the Price List, spot from the price history.

Card and count are those of the bundled machines, held against the count that the list prints. Savings plans are not
asked for: they are discounts on a spend, in an API of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from planner.catalog.prices.agreed import keep_agreed
from planner.catalog.prices.aws_clients import VARIABLES, Account
from planner.catalog.prices.aws_list import listed_prices
from planner.catalog.prices.aws_spot import REGIONS, USUAL_REGIONS, spot_prices, spot_regions
from planner.catalog.prices.machines import bundled_machines
from planner.catalog.prices.sifting import Sieve
from planner.catalog.prices.source import Ask, Fetched
from planner.http.failure import HostError


@dataclass(frozen=True)
class AwsPrices:
    """Source of AWS's list and spot prices."""

    name: ClassVar[str] = "aws"
    providers: ClassVar[tuple[str, ...]] = ("aws",)
    variables: ClassVar[Mapping[str, str]] = MappingProxyType(
        {**VARIABLES, REGIONS: f"regions whose spot prices are asked for, or none (default {USUAL_REGIONS})"}
    )
    required: ClassVar[tuple[str, ...]] = ()  # boto3 finds credentials in other places too

    def fetch(self, ask: Ask) -> Fetched:
        """List prices of all regions, spot prices of some; raises HostError, InputError or SetupError.

        Without any spot price the list prices stay, and the report says why.
        """
        spot_regions(ask.environment)
        account, machines, sieve = Account(ask), bundled_machines("aws"), Sieve()
        keep_agreed(sieve, listed_prices(ask, account, machines, sieve))
        try:
            for row in spot_prices(ask, account, machines, sieve):
                sieve.keep(row)
        except HostError as error:
            sieve.broken("spot", error)
        return sieve.fetched()
