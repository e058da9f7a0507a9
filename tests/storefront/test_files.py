"""Theme, icon, manifest, pictures, language."""

import re

import pytest
from django.utils import timezone

from catalog import services as catalog
from core.actors import SYSTEM
from core.scope import tenant_atomic
from storefront import theme
from tenants.services import change_settings
from tests.catalog.people import OWNER
from tests.catalog.test_pictures import picture
from tests.conftest import client_of
from tests.times import NOON

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
THEMES = [
    {},
    {"brand": "#6d28d9", "hero_from": "#2e1065", "hero_to": "#be185d", "radius": "10"},
    {"brand": "#fde047"},
    {"brand": "#c2410c", "hero_from": "#ea580c", "hero_to": "#fde047"},
    {"brand": "#ffffff", "brand_ink": "#ffffff"},
    {"brand": "red;} body{display:none", "radius": "9999px", "hero_from": "url(//x)"},
]


@pytest.fixture
def client(shop):
    return client_of(shop)


@pytest.mark.parametrize("given", THEMES)
def test_a_theme_is_tokens_that_can_be_read_on_each_other(given):
    css = theme.css_of(theme.tokens(given))

    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
    assert theme.contrast(found["brand"], found["brand-ink"]) >= 4.5
    assert theme.contrast(found["brand-text"], "#ffffff") >= 4.5
    assert theme.contrast(found["hero-from"], found["hero-ink"]) >= 4.5
    assert theme.contrast(found["hero-to"], found["hero-ink"]) >= 4.5
    assert "display:none" not in css
    assert "url(" not in css


def test_a_theme_is_kept_by_its_version_and_asked_for_again_without(client):
    page = client.get("/").content.decode()
    version = re.search(r'/theme\.css\?v=(\w+)"', page)[1]

    named, bare = client.get("/theme.css", {"v": version}), client.get("/theme.css")
    again = client.get("/theme.css", headers={"if-none-match": bare["ETag"]})

    assert "immutable" in named["Cache-Control"]
    assert bare["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/theme.css", "/icon.svg", "/manifest.webmanifest"])
def test_what_dresses_a_page_sets_no_cookie(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert not answer.cookies


def test_looking_around_starts_no_session(client):
    for path in ["/", "/search/?q=x", "/orders/", "/orders/find/"]:
        answer = client.get(path)
        assert "qy_session" not in answer.cookies


def test_a_page_asks_nothing_of_other_sites(client):
    page = client.get("/").content.decode()

    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "default-src 'none'" in client.get("/")["Content-Security-Policy"]
    assert " style=" not in page
    assert "<style" not in page


def test_a_picture_is_kept_for_ever_under_its_hash(client):
    with tenant_atomic():
        name = catalog.store_picture(body=picture(), by=OWNER, now=timezone.now())

    answer = client.get(f"/media/{name}")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]


def test_the_language_is_what_the_browser_asks_for_until_it_is_chosen(client):
    asked = client.get("/", headers={"accept-language": "en"}).content.decode()
    client.get("/language/zh-hans/")
    chosen = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert '<html lang="en"' in asked
    assert '<html lang="zh-Hans"' in chosen


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_a_choice_of_language_leads_to_no_other_site(client, after):
    answer = client.get("/language/en/", {"next": after})

    assert answer["Location"] == "/"


def test_an_unknown_language_is_not_there(client):
    assert client.get("/language/xx/").status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Cloud Ltd.", "Licence 1", "Contact Chat 9–23", "help@cloud.example", "沪备1号"]),
        ("zh", ["云朵公司", "许可 1", "联系方式 客服", "help@cloud.example", "沪备1号"]),
    ],
)
def test_the_footer_speaks_the_readers_language(shop, language, said):
    lines = {
        "legal_name": "云朵公司", "legal_name_en": "Cloud Ltd.", "licence_line": "许可 1",
        "licence_line_en": "Licence 1", "contact": "客服 · help@cloud.example",
        "contact_en": "Chat 9–23 · help@cloud.example", "icp_line": "沪备1号",
    }  # fmt: skip
    with tenant_atomic():
        change_settings(merchant_id=shop.pk, given=lines, by=SYSTEM, now=NOON)

    page = client_of(shop).get("/", headers={"accept-language": language}).content.decode()

    foot = page.split('<footer class="foot">')[1]
    assert re.findall(r"<(?:span|p lang=[^>]+)>([^<]+)<", foot) == said


def test_without_english_lines_the_footer_has_the_first_ones(shop):
    with tenant_atomic():
        given = {"legal_name": "云朵公司", "contact": "客服"}
        change_settings(merchant_id=shop.pk, given=given, by=SYSTEM, now=NOON)

    page = client_of(shop).get("/", headers={"accept-language": "en"}).content.decode()

    assert "<span>云朵公司</span></p><p><span>Contact 客服</span></p>" in page
