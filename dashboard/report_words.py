"""Why a file could not be made, in people's words."""

from django.utils.translation import gettext_lazy

FAILURES = {
    "mail": gettext_lazy("The mail server did not take the letter. The file is here."),
    "too_many_exports": gettext_lazy("It waits for a place: three files are being made."),
    "not_allowed": gettext_lazy("Your role does not show you this list any more."),
    "too_many_rows": gettext_lazy("More than two million rows: filter the list, then ask again."),
    "invalid_input": gettext_lazy(
        "The filter names something that is not there any more. Filter the list anew."
    ),
}
OTHER_FAILURE = gettext_lazy("Something went wrong on our side. Nothing was lost: try again.")


def failure_words(code: str) -> str:
    return str(FAILURES.get(code, OTHER_FAILURE)) if code else ""
