"""The text that search looks into."""

from catalog.models import Product


def search_text(product: Product) -> str:
    """Names, brand and other names in lower case: what a shopper may type."""
    brand = product.brand
    words = (product.name, product.name_en, brand.name, brand.name_en, product.aliases)
    return " ".join(word for word in words if word).lower()
