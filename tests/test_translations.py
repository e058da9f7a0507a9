"""Chinese is the first language of every page: nothing of ours is left in English."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.messages import ROOT, all_messages

PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]")
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def chinese():
    with PO.open("rb") as file:
        catalog = read_po(file)
    first = lambda text: text if isinstance(text, str) else text[0]  # noqa: E731 -- short and used twice
    return {first(m.id): first(m.string) for m in catalog if m.id and m.string}


def test_every_message_has_its_chinese(chinese):
    missing = {text: where for text, where in all_messages().items() if text not in chinese}

    assert missing == {}


def test_a_translation_keeps_the_places_of_its_values(chinese):
    broken = [
        text
        for text, said in chinese.items()
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))
    ]

    assert broken == []


# One word for one thing: what a shop calls it in one place, it calls it in all.
SAID_OTHERWISE = {
    "沙箱": "沙盒",
    "订单密码": "查询密码",
    "兑换码": "卡密",
    "采购记录": "采购单",
    "迟到货": "逾期到货",
    "慢充货源": "慢充报价",
}


@pytest.mark.parametrize("word", SAID_OTHERWISE)
def test_one_thing_has_one_name_in_chinese(chinese, word):
    demo = [path for path in (ROOT / "dashboard" / "demo").iterdir() if path.is_file()]

    said = [text for text in chinese.values() if word in text]
    said += [path.name for path in demo if word in path.read_text()]

    assert said == []


def test_no_chinese_text_says_sku(chinese):
    assert [text for text in chinese.values() if "SKU" in text] == []
