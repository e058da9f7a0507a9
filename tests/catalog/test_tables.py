import io
import zipfile

import openpyxl
import pytest
from django.utils.translation import override

from catalog import services as catalog
from catalog.errors import TableRefused
from catalog.models import Brand, Category, Product, Sku
from catalog.services import _columns
from tenants.models import AuditRow
from tests.catalog.factories import make_brand, make_category, make_product, make_sku
from tests.catalog.people import OWNER
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")

HEAD = "product,category,brand,sku,price"


def table(*lines, head=HEAD, encoding="utf-8"):
    return "\n".join((head, *lines)).encode(encoding)


def bring(body, *, is_dry=False):
    return catalog.import_table(body=body, is_dry=is_dry, by=OWNER, now=NOON)


def youku(**fields):
    product = make_product(
        name="优酷会员", brand=make_brand(name="优酷"), category=make_category(name="影视")
    )
    return make_sku(product=product, name="年卡", price_e4=1_480_000, **fields)


def test_a_table_makes_products_with_their_skus_shelves_and_brands():
    report = bring(table("优酷会员,影视,优酷,年卡,148.00", "优酷会员,影视,优酷,月卡,15.80"))

    assert (report.products_new, report.skus_new, report.refused) == (1, 2, ())
    assert report.is_done
    product = Product.objects.get()
    assert (product.state, product.category.name, product.brand.glyph) == ("draft", "影视", "优酷")
    assert [sku.price_e4 for sku in product.skus.order_by("id")] == [1_480_000, 158_000]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_that_spreadsheets_write(encoding, delimiter):
    body = table("优酷会员,影视,优酷,年卡,148").decode().replace(",", delimiter).encode(encoding)

    bring(body)

    assert Product.objects.get().name == "优酷会员"


def test_an_xlsx_with_typed_cells_is_read():
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["优酷会员", "影视", "优酷", 2026, 148.5])
    written = io.BytesIO()
    book.save(written)

    bring(written.getvalue())

    sku = Sku.objects.get()
    assert (sku.name, sku.price_e4) == ("2026", 1_485_000)


def test_a_dry_run_says_what_would_happen_and_does_nothing():
    sku = youku()

    report = bring(table("优酷会员,影视,优酷,年卡,99", "新品,新类,新牌,月卡,1"), is_dry=True)

    assert (report.products_new, report.skus_new, report.skus_changed) == (1, 1, 1)
    assert not report.is_done
    sku.refresh_from_db()
    assert sku.price_e4 == 1_480_000
    assert (Product.objects.count(), Category.objects.count(), Brand.objects.count()) == (1, 1, 1)
    assert not AuditRow.objects.exists()


def test_one_bad_line_holds_back_the_whole_table_and_is_named():
    report = bring(table("优酷会员,影视,优酷,年卡,148", "优酷会员,影视,优酷,月卡,a lot"))

    assert [(line.number, line.column) for line in report.refused] == [(3, "price")]
    assert not report.is_done
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("extra", "value", "column"),
    [
        ("kind", "magic", "kind"),
        ("promise", "soon", "promise"),
        ("most_per_order", "-1", "most_per_order"),
        ("most_per_order", "1e9", "most_per_order"),
        ("duration_days", "9999999", "duration_days"),
        ("is_on_sale", "maybe", "is_on_sale"),
        ("buyer_form", "nobody's", "buyer_form"),
        ("product_ref", "NOBODYS", "product_ref"),
        ("sku_ref", "NOBODYS", "sku_ref"),
        ("list_price", "-3", "list_price"),
    ],
)
def test_what_cannot_be_is_named_by_its_column(extra, value, column):
    report = bring(table(f"优酷会员,影视,优酷,年卡,148,{value}", head=f"{HEAD},{extra}"))

    assert [line.column for line in report.refused] == [column]


CHINESE_HEAD = "商品,分类,品牌,规格,售价"
LONG = "长" * 130


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",影视,优酷,年卡,148", "商品", "请填写名称。"),
        (f"{LONG},影视,优酷,年卡,148", "商品", "不超过 80 字符"),
        (f"优酷会员,{LONG},优酷,年卡,148", "分类", "不超过 40 字符"),
        (f"优酷会员,影视,{LONG},年卡,148", "品牌", "不超过 40 字符"),
        ("优酷会员,,优酷,年卡,148", "分类", "请填写此项。"),
        ("优酷会员,影视,优酷,,148", "规格", "请填写名称。"),
        (f"优酷会员,影视,优酷,{LONG},148", "规格", "不超过 60 字符"),
        ("优酷会员,影视,优酷,年卡,", "售价", "大于"),
        ("优酷会员,影视,优酷,年卡,0", "售价", "大于"),
        ("优酷会员,影视,优酷", "规格", "请填写名称。"),
        ("", "", ""),
    ],
)
def test_a_refused_line_names_the_column_in_the_words_of_the_table(line, column, reason):
    with override("zh-hans"):
        report = bring(table(line, "好的,影视,优酷,年卡,148", head=CHINESE_HEAD))

    told = [(one.number, one.column) for one in report.refused]
    assert told == ([(2, column)] if column else [])
    assert all(reason in one.reason and "：" not in one.reason for one in report.refused)


def test_the_tables_own_words_are_named_not_the_readers():
    with override("zh-hans"):
        report = bring(table("优酷会员,影视,优酷,年卡,a lot"))

    assert [line.column for line in report.refused] == ["price"]


def test_a_column_that_the_table_has_not_is_named_as_an_export_names_it():
    Sku.objects.filter(pk=youku().pk).update(most_per_order=1, cost_hint_e4=-1)

    with override("zh-hans"):
        report = bring(table("优酷会员,影视,优酷,年卡,99", head=CHINESE_HEAD))

    assert [line.column for line in report.refused] == ["参考成本"]


def test_every_field_that_a_line_sets_has_its_column():
    fields = {*_columns.OF_CATEGORY, *_columns.OF_BRAND, *_columns.OF_PRODUCT, *_columns.OF_SKU}
    named = {**_columns.OF_CATEGORY, **_columns.OF_BRAND, **_columns.OF_PRODUCT, **_columns.OF_SKU}

    assert named.keys() == fields
    assert set(named.values()) <= set(_columns.COLUMNS)


@pytest.mark.parametrize(
    ("column", "words"),
    [("类型", "库存卡密、"), ("发货时效", "通常 1 秒到账、")],
)
def test_a_choice_is_told_in_words(column, words):
    with override("zh-hans"):
        body = table("优酷会员,影视,优酷,年卡,148,什么", head=f"{CHINESE_HEAD},{column}")
        report = bring(body)

    assert [line.column for line in report.refused] == [column]
    assert words in report.refused[0].reason


def test_lines_are_counted_as_a_spreadsheet_counts_them():
    bad = "优酷会员,影视,优酷,年卡,a lot"
    csv = bring(table("", bad, "", "", bad))
    book = openpyxl.Workbook()
    for row, text in ((3, HEAD), (7, bad)):
        for at, cell in enumerate(text.split(","), start=2):
            book.active.cell(row, at, cell)
    written = io.BytesIO()
    book.save(written)

    xlsx = bring(written.getvalue())

    assert [line.number for line in csv.refused] == [3, 6]
    assert [line.number for line in xlsx.refused] == [7]


def test_no_line_is_lost_behind_empty_ones():
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))
    for at, cell in enumerate(["优酷会员", "影视", "优酷", "年卡", "148"], start=1):
        book.active.cell(2_500, at, cell)
    written = io.BytesIO()
    book.save(written)

    with pytest.raises(TableRefused):
        bring(written.getvalue())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_was_taken_out_comes_back_unchanged(form, language):
    youku(list_price_e4=2_580_000, duration_days=365)
    with override(language):
        body = catalog.export_table(form=form, has_cost=True)

    report = bring(body)

    assert report.is_done
    assert (report.products_new, report.products_changed) == (0, 0)
    assert (report.skus_new, report.skus_changed) == (0, 0)


def test_a_table_without_costs_leaves_them_as_they_are():
    sku = youku(cost_hint_e4=1_230_000)
    body = catalog.export_table(form="csv", has_cost=False)

    report = bring(body)

    sku.refresh_from_db()
    assert "123.00" not in body.decode("utf-8-sig")
    assert (report.is_done, report.skus_changed, sku.cost_hint_e4) == (True, 0, 1_230_000)


def test_a_table_says_its_choices_in_words():
    youku(kind="by_hand")
    with override("zh-hans"):
        text = catalog.export_table(form="csv", has_cost=True).decode("utf-8-sig")

    assert ",手动发货," in text
    assert text.rstrip().endswith(",是")
    assert "by_hand" not in text


def test_a_changed_price_comes_back():
    sku = youku()
    body = (
        catalog.export_table(form="csv", has_cost=True)
        .decode("utf-8-sig")
        .replace("148.00", "99.90")
        .encode()
    )

    report = bring(body)

    sku.refresh_from_db()
    assert (report.skus_changed, sku.price_e4) == (1, 999_000)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1", "\uff20SUM(A1)"])
def test_no_cell_becomes_a_formula_and_none_is_changed_by_the_way(name):
    sku = youku()
    Sku.objects.filter(pk=sku.pk).update(name=name)

    text = catalog.export_table(form="csv", has_cost=True).decode("utf-8-sig")
    report = bring(text.encode())

    assert f",'{name}," in text
    assert (report.skus_new, report.skus_changed) == (0, 0)


def xlsx_bomb():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    return written.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00\xd8",
        b"PK\x03\x04 torn",
        b"name,price\nx,1",
        HEAD.encode(),
        b"x" * (5 * 1024 * 1024 + 1),
        table(*["a,b,c,d,1"] * 2001),
    ],
    ids=["empty", "noise", "torn", "other head", "no lines", "too long", "too many"],
)
def test_a_table_that_cannot_be_read_is_refused_as_a_whole(body):
    with pytest.raises(TableRefused):
        bring(body)

    assert not Product.objects.exists()


def test_an_xlsx_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(TableRefused):
        bring(xlsx_bomb())


def test_an_export_costs_one_query(django_assert_num_queries):
    youku()
    make_sku()

    with django_assert_num_queries(1):
        catalog.export_table(form="csv", has_cost=True)
