"""The page that shows the pictures, with what is said of them in both languages."""

from collections.abc import Iterator

from tests.browser.screens.scenes import LANGUAGES, SIZES, Scene, areas

HEAD = """# 界面截图 · Screens

`make up` 的示例店铺，中英文各一套；由 `make screens` 重新生成。

The demo shop of `make up`, in both languages. `make screens` makes them again, and this page.
"""


def written() -> str:
    return "\n".join(_parts())


def _parts() -> Iterator[str]:
    yield HEAD
    for area in areas():
        yield f"## {area.zh} · {area.en}\n\n{area.zh_words}\n\n{area.en_words}\n"
        for scene in area.scenes:
            yield f"**{scene.zh} · {scene.en}**\n"
            yield from _table(scene)
            yield ""


def _table(scene: Scene) -> Iterator[str]:
    widths = [SIZES[size][0] for size in scene.sizes]
    yield "| | " + " | ".join(f"{width} px" for width in widths) + " |"
    yield "|---" * (len(widths) + 1) + "|"
    said = {"zh": scene.zh, "en": scene.en}
    for language, name in LANGUAGES.items():
        pictures = (
            f"![{said[language]}, {width} px](images/{scene.name}-{language}-{width}.webp)"
            for width in widths
        )
        yield f"| {name} | " + " | ".join(pictures) + " |"
