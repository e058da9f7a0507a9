"""The web process with every translated text between marks: what a page shows outside of them was
never given to a translator.

`gunicorn tests.browser.marked:application`. A catalogue of invented words would say the same of our
own texts only; this one says it of the frameworks' too.
"""

from collections.abc import Callable

from django.utils.safestring import SafeData, mark_safe
from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"


def _mark(translate: Callable[..., str]) -> Callable[..., str]:
    def marked(*said: object) -> str:
        text = translate(*said)
        # With a context a text is looked up under both, and marked by who does that.
        is_inner = trans_real.CONTEXT_SEPARATOR in str(said[0])
        if is_inner or not text:
            return text
        shown = f"{OPEN}{text}{CLOSE}"
        return mark_safe(shown) if isinstance(text, SafeData) else shown  # noqa: S308 -- as it came

    return marked


# Before anything is translated: Django keeps what it finds here.
for _name in ("gettext", "ngettext", "pgettext", "npgettext"):
    setattr(trans_real, _name, _mark(getattr(trans_real, _name)))

from config.wsgi import application  # noqa: E402, F401 -- what gunicorn serves
