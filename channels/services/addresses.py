"""From where a partner's programs may call."""

from collections.abc import Sequence
from ipaddress import ip_network

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

MOST_NETWORKS = 50


def read_networks(given: Sequence[str]) -> list[str]:
    """As they are kept; raises InvalidInput."""
    if len(given) > MOST_NETWORKS:
        raise InvalidInput(
            _("Name at most %(most)s addresses.") % {"most": MOST_NETWORKS}, param="networks"
        )
    try:
        return [str(ip_network(each.strip(), strict=False)) for each in given]
    except ValueError:
        raise InvalidInput(
            _("Write addresses such as 203.0.113.7 or 203.0.113.0/24."), param="networks"
        ) from None
