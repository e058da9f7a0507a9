"""Every write of the catalog."""

from catalog.services.buyers import TOLD_IN, clean_buyer_fields, clean_phone, clean_told_fields
from catalog.services.many import (
    BULK_FIELDS,
    NO_OFFER,
    NO_SOURCE,
    NOTHING_ON_SALE,
    edit_many,
    publish_many,
    undo_many,
    unpublish_many,
)
from catalog.services.mirroring import mirror_shelf, tell_shelf
from catalog.services.pictures import store_picture
from catalog.services.products import (
    PRODUCT_FIELDS,
    change_product,
    copy_product,
    create_product,
    follow_schedule,
    publish,
    schedule,
    sort,
    unpublish,
)
from catalog.services.shelves import (
    BRAND_FIELDS,
    CATEGORY_FIELDS,
    delete_shelf,
    save_brand,
    save_category,
    save_template,
)
from catalog.services.skus import SKU_FIELDS, change_sku, create_sku, locked_sku
from catalog.services.tables import export_table, import_table

__all__ = [
    "BRAND_FIELDS",
    "BULK_FIELDS",
    "CATEGORY_FIELDS",
    "NOTHING_ON_SALE",
    "NO_OFFER",
    "NO_SOURCE",
    "PRODUCT_FIELDS",
    "SKU_FIELDS",
    "TOLD_IN",
    "change_product",
    "change_sku",
    "clean_buyer_fields",
    "clean_phone",
    "clean_told_fields",
    "copy_product",
    "create_product",
    "create_sku",
    "delete_shelf",
    "edit_many",
    "export_table",
    "follow_schedule",
    "import_table",
    "locked_sku",
    "mirror_shelf",
    "publish",
    "publish_many",
    "save_brand",
    "save_category",
    "save_template",
    "schedule",
    "sort",
    "store_picture",
    "tell_shelf",
    "undo_many",
    "unpublish",
    "unpublish_many",
]
