"""What is sold, and for how much. Every write of these tables is in catalog.services."""

from catalog.models.products import ManyChange, PastTerms, Product, ProductMove, Terms
from catalog.models.shelves import Bilingual, Brand, BuyerTemplate, Category, Picture, is_english
from catalog.models.skus import MOST_PER_ORDER, Sku

__all__ = [
    "MOST_PER_ORDER",
    "Bilingual",
    "Brand",
    "BuyerTemplate",
    "Category",
    "ManyChange",
    "PastTerms",
    "Picture",
    "Product",
    "ProductMove",
    "Sku",
    "Terms",
    "is_english",
]
