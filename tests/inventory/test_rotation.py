import pytest

from core import crypto, rotation
from core.scope import tenant_atomic
from inventory import services as inventory
from inventory.models import Code
from tests.inventory.factories import hold_until, make_codes, make_sku
from tests.times import MORNING, NOON


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_codes_under_a_new_key_read_as_before(shop):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 2)
        hold_until(sku, NOON, quantity=2)
        goods = inventory.sell(item_id=1, now=MORNING)
        before = [text.secret for text in inventory.read_goods(goods=goods)]

    rotation.rotate_tenant(tenant_id=shop.pk, new_key=True, said=lambda line: None)

    with tenant_atomic():
        assert [text.secret for text in inventory.read_goods(goods=goods)] == before
        sealed = Code.objects.values_list("secret", flat=True)
        assert {crypto.key_version(bytes(secret)) for secret in sealed} == {2}
