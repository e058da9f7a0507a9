"""`manage.py open_door`: a platform's way in to a shop, for one of its partners."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from channels import services
from channels.selectors import door_address, get_partner
from channels.states import DoorKind
from channels.types import DoorTerms, NewDoor
from core.actors import SYSTEM
from core.errors import AppError
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from tenants.selectors import find_shop


class Command(BaseCommand):
    help = (
        "Opens a door for a partner of a shop and prints what the platform is to be told: its "
        "address, the merchant number and, this once, the merchant secret. Asks for the app secret."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host", help="the shop's host")
        parser.add_argument("partner", help="the partner's number")
        parser.add_argument("kind", choices=DoorKind.values)
        parser.add_argument("--app-id", default="", help="our application's number there")
        parser.add_argument(
            "--callback", action="append", default=[], help="a host to call back at"
        )
        parser.add_argument(
            "--from",
            action="append",
            default=[],
            help="an address it is called from",
            dest="networks",
        )
        parser.add_argument("--cards", choices=["aes", "plain"], default="aes")
        parser.add_argument("--price-url", default="", help="where prices are told, except Goofish")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = find_shop(host=options["host"])
        if shop is None:
            raise CommandError("No shop has this host.")
        with bind(shop.id):
            try:
                door = _opened(options)
            except AppError as refusal:
                raise CommandError(f"{refusal.param or 'partner'}: {refusal.message}") from None
            address = door_address(uid=door.uid, kind=options["kind"])
        self.stdout.write(f"address          {address}")
        self.stdout.write(f"merchant number  {door.merchant_id}")
        self.stdout.write(f"merchant secret  {door.merchant_secret.reveal()}")


def _opened(options: dict[str, Any]) -> NewDoor:
    price_url = options["price_url"]
    needs_secret = options["kind"] != DoorKind.KASUSHOU
    terms = DoorTerms(
        kind=options["kind"],
        app_id=options["app_id"],
        app_secret=Secret(getpass.getpass("App secret: ") if needs_secret else ""),
        hosts=tuple(options["callback"]),
        networks=tuple(options["networks"]),
        options={"cards": options["cards"]} | ({"price_url": price_url} if price_url else {}),
    )
    with tenant_atomic():
        partner = get_partner(ref=options["partner"])
        return services.open_door(partner_id=partner.pk, terms=terms, by=SYSTEM, now=timezone.now())
