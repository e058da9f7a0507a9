"""Every question, in the order in which they are offered."""

from django.utils.translation import gettext_lazy as _

from dashboard.questions.compared import told_compared
from dashboard.questions.retention import told_cohorts
from dashboard.questions.stock import told_ending, told_plan
from dashboard.questions.types import Field, Question

_ALL = (
    Question(
        name="cover",
        title=_("How long stock lasts"),
        icon="inventory",
        asks=_("Which SKU runs out when, and how much of it should be bought?"),
        meaning=_(
            "The forecast follows the last twelve weeks: what was sold lately counts most, and "
            "each weekday has its own share. What to buy is what will be sold until the new codes "
            "came and as long as they are to last, less what is there and can be sold before it "
            "ends; and a reserve for the time until they come, as large as a week's forecast was "
            "wrong."
        ),
        empty=_(
            "Here will stand every SKU that is kept in stock, how many days it lasts and how many "
            "codes to buy. Load codes, and come back after the first sales."
        ),
        tell=told_plan,
        fields=(
            Field(name="lead", words=_("Days until new codes are here"), default=3, least=0,
                  most=180),
            Field(name="cover", words=_("Days that they are to last"), default=14, least=1,
                  most=365),
        ),
        right="stock.view",
    ),
    Question(
        name="expiry",
        title=_("What will end unsold"),
        icon="event_busy",
        asks=_("Which codes end before they are sold, and what did they cost?"),
        meaning=_(
            "Codes that end first are sold first. What the forecast does not sell by the last day "
            "of a lot is left over and lost, at the mean cost of the SKU's batches."
        ),
        empty=_(
            "No code ends within these days. Here will stand each SKU and day of expiry, with what "
            "will be left of it and what that cost."
        ),
        tell=told_ending,
        fields=(
            Field(name="days", words=_("Days from now"), default=90, least=1, most=3650),
        ),
        right="stock.view",
    ),
    Question(
        name="suppliers",
        title=_("Suppliers compared"),
        icon="balance",
        asks=_("Who delivers the same SKU cheapest, surest and fastest?"),
        meaning=_(
            "Every try to buy counts on the day on which the supplier was asked, also those after "
            "which another one was asked. The score is 100 for a supplier that is the SKU's best "
            "in cost, success and speed; each is weighed alike, as a share of the best."
        ),
        empty=_(
            "Nothing was asked of a supplier in these days. Here will stand each SKU with the "
            "suppliers that deliver it: what one costs, how often it succeeds and how long it "
            "takes."
        ),
        tell=told_compared,
        fields=(
            Field(name="days", words=_("Days until today"), default=30, least=1, most=366),
        ),
        right="cost.view",
    ),
    Question(
        name="retention",
        title=_("Retention"),
        icon="group_add",
        asks=_("Of those who bought first in a month, how many came back?"),
        meaning=_(
            "A buyer belongs to the month of the first order. In each later month those of them "
            "are counted who paid an order in it. By the shop's clock."
        ),
        empty=_(
            "Nobody has bought in these months. Here will stand each month's new buyers, and how "
            "many of them came back in every month since."
        ),
        tell=told_cohorts,
        fields=(
            Field(name="months", words=_("Months until today"), default=12, least=1, most=120),
        ),
    ),
)  # fmt: skip
QUESTIONS = {one.name: one for one in _ALL}
