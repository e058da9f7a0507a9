"""What is said of a product: the text that search looks into, and the terms buyers are told."""

from datetime import datetime

from catalog.models import PastTerms, Product, Terms

TERMS = tuple(field.name for field in Terms._meta.get_fields())


def search_text(product: Product) -> str:
    """Names, brand and other names in lower case: what a shopper may type."""
    brand = product.brand
    words = (product.name, product.name_en, brand.name, brand.name_en, product.aliases)
    return " ".join(word for word in words if word).lower()


def terms_of(product: Product) -> dict[str, str]:
    return {name: getattr(product, name) for name in TERMS}


def keep_past_terms(product: Product, *, was: dict[str, str], now: datetime) -> None:
    """Who ordered until now was told what it was, not what it says from now on."""
    if terms_of(product) != was:
        PastTerms.objects.create(product=product, until=now, **was)
