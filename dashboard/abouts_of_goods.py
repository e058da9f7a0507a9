"""What an audit entry about goods, stock or supply is about."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog.models import Brand, BuyerTemplate, Category, ManyChange, Product, Sku
from dashboard.abouts import About, Found, way
from dashboard.reading import ids_in
from dashboard.words import goods_words
from inventory.models import Batch, Code, Content
from suppliers.models import Authorisation, Supplier


def products(request: HttpRequest, refs: set[str]) -> Found:
    return {
        product.ref: About(product.shown.name, _product_link(request, product.pk))
        for product in Product.objects.filter(ref__in=refs)
    }


def skus(request: HttpRequest, refs: set[str]) -> Found:
    return {
        sku.ref: About(goods_words(sku), _product_link(request, sku.product_id))
        for sku in Sku.objects.filter(ref__in=refs).select_related("product")
    }


def _product_link(request: HttpRequest, product_id: int) -> str:
    return way(request, "catalog.view", "admin:catalog_product_change", product_id)


def pictures(request: HttpRequest, hashes: set[str]) -> Found:
    return {one: About(_("Picture"), f"/media/{one}") for one in hashes}


def shelves(request: HttpRequest, targets: set[str]) -> Found:
    """`category 12`."""
    found: dict[str, About] = {}
    for model in (Category, Brand, BuyerTemplate):
        name = str(model._meta.model_name)
        ids = ids_in(one.removeprefix(f"{name} ") for one in targets)
        for row in model._default_manager.filter(pk__in=ids):  # noqa: SLF001 -- Django's own name for it
            link = way(request, "catalog.view", f"admin:catalog_{name}_change", row.pk)
            found[f"{name} {row.pk}"] = About(row.shown.name, link)
    return found


def batches(request: HttpRequest, targets: set[str]) -> Found:
    refs = {target.removeprefix("batch:") for target in targets}
    return {
        f"batch:{batch.ref}": About(
            f"{_('Batch %(ref)s') % {'ref': batch.ref}} · {goods_words(batch.sku)}",
            way(request, "stock.view", "office_batch", batch.pk),
        )
        for batch in Batch.objects.filter(ref__in=refs).select_related("sku__product")
    }


def codes(request: HttpRequest, targets: set[str]) -> Found:
    ids = ids_in(target.removeprefix("code:") for target in targets)
    return {
        f"code:{code.pk}": About(
            _("A code of %(goods)s") % {"goods": goods_words(code.sku)},
            way(request, "stock.view", "office_code", code.pk),
        )
        for code in Code.objects.filter(pk__in=ids).select_related("sku__product")
    }


def contents(request: HttpRequest, targets: set[str]) -> Found:
    ids = ids_in(target.removeprefix("content:") for target in targets)
    link = way(request, "catalog.edit", "office_contents")
    found = Content.objects.filter(pk__in=ids).select_related("sku__product")
    return {f"content:{one.pk}": About(goods_words(one.sku), link) for one in found}


def suppliers(request: HttpRequest, names: set[str]) -> Found:
    found = Supplier.objects.filter(name__in=names).values_list("name", "pk")
    return {
        name: About(name, way(request, "stock.view", "office_supplier", pk)) for name, pk in found
    }


def offers(request: HttpRequest, products: set[str]) -> Found:
    link = way(request, "stock.view", "office_offers")
    return {
        one: About(_("Offer of product %(product)s") % {"product": one}, link) for one in products
    }


def authorisations(request: HttpRequest, numbers: set[str]) -> Found:
    found = Authorisation.objects.filter(number__in=numbers).select_related("brand")
    return {
        one.number: About(
            f"{_('Authorisation for %(brand)s') % {'brand': one.brand.shown.name}} · {one.number}",
            way(request, "stock.view", "office_supplier", one.supplier_id),
        )
        for one in found
    }


def changes(request: HttpRequest, refs: set[str]) -> Found:
    """What was done to many products at once."""
    found = ManyChange.objects.filter(ref__in=refs)
    return {
        one.ref: About(
            _("%(count)s products") % {"count": one.count},
            way(request, "catalog.edit", "office_products_change", one.ref),
        )
        for one in found
    }
