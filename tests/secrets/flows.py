"""Everything that is done with a code, by HTTP: loaded, sold, shown, complained about, revealed."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.authenticator import digits
from tests.secrets.looking import CANARY, PHONE
from tests.secrets.web import BANK, FACTOR_KEY, KEY, Browser, until

FACTOR = "/office/security/factor/"
COLUMNS = {"width": "2", "column0": "secret", "column1": "expires_on", "delimiter": ","}
PASSWORD = f"{CANARY}-password"
JSON = {"Accept": "application/json"}


@dataclass
class Flows:
    """The people of the walk, and how often what was shown where it may be shown."""

    port: int
    given: dict[str, str]
    failpoints: Path
    shown: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.staff, self.buyer = Browser(self.port, self.given["host"]), self.stranger()

    def stranger(self) -> Browser:
        return Browser(self.port, self.given["host"])

    def saw(self, what: str, text: str) -> None:
        """A code may be read here: counted, so that a walk that sees none fails."""
        self.shown[what] = self.shown.get(what, 0) + text.count(CANARY)

    def sign_in(self) -> None:
        self.staff.get("/office/login/")
        form = {"login": self.given["mail"], "password": self.given["password"]}
        assert self.staff.post("/office/login/", form).status_code == 302
        self._set_up_factor()

    def _set_up_factor(self) -> None:
        """Codes are shown to nobody who has no second factor; the password is asked for again."""
        again = self.staff.get(FACTOR).headers["Location"]
        self.staff.get(again)
        self.staff.done(again, {"password": self.given["password"], "next": FACTOR})
        key = FACTOR_KEY.search(self.staff.get(FACTOR).text)
        assert key is not None
        assert self.staff.done(FACTOR, {"code": digits(key[1])}).status_code == 302

    # Loading

    def load(self, codes: range, *, is_file: bool, dies: bool = False) -> str:
        """A table with bad lines and duplicates; the path of its import."""
        text = table_of(codes)
        self.staff.get("/office/imports/")
        form = {"sku": self.given["sku"], "text": "" if is_file else text}
        more = {"files": {"file": ("codes.csv", text.encode("gb18030"))}} if is_file else {}
        path = self.staff.done("/office/imports/", form, **more).headers["Location"]
        self.saw("preview", self.staff.get(path).text)
        self.staff.done(f"{path}choose/", COLUMNS | {"has_header": "on", "then": "check"})
        until(lambda: self.state(path) == "checked", "the check")
        self.saw("dry run", self.staff.get(path).text)
        if dies:
            Path(self.failpoints, "inventory.import_in_stretch").touch()
        self.staff.done(f"{path}start/", {})
        return path

    def loaded(self, path: str) -> None:
        until(lambda: self.state(path) == "done", "the load")
        self.saw("refused lines", self.staff.get(f"{path}refused.csv").text)
        self.saw("result", self.staff.get(path).text)

    def state(self, path: str) -> str:
        return str(self.staff.get(f"{path}progress/").json()["state"])

    # Selling

    def buy(self, sku_ref: str = "", **fields: str) -> str:
        """An order, placed and paid at the bank; its path."""
        page = f"/p/{self.given['product_ref']}/"
        key = KEY.search(self.buyer.get(page).text)
        assert key is not None
        form = {"sku": sku_ref or self.given["sku_ref"], "quantity": "1", "consent": "1"}
        form |= {"contact": PHONE, "password": PASSWORD, "request_key": key[1]} | fields
        pay = self.buyer.done(page, form).headers["Location"]
        bank = BANK.search(self.buyer.get(pay).text)
        assert bank is not None
        self.buyer.get(bank[1])
        self.buyer.done(bank[1], {"how": ""})
        return pay.removesuffix("pay/")

    def completed(self, order: str) -> None:
        until(lambda: self.buyer.get(f"{order}live/").json()["is_final"], "the delivery")

    def read(self, order: str) -> None:
        page = self.buyer.get(order).text
        if 'id="case-' not in page:  # what the buyer wrote there is shown as it was written
            self.saw("order page, masked", page)
        told = self.buyer.post(f"{order}codes/", {}, headers=JSON)
        self.saw("codes for the script", told.text)
        self.saw("codes without script", self.buyer.done(f"{order}codes/", {}).text)
        self.saw("codes.txt", self.buyer.done(f"{order}codes.txt", {}).content.decode("utf-8-sig"))

    def look_up(self, number: str) -> None:
        other = self.stranger()
        other.get("/orders/find/")
        wrong = {"number": number, "proof": f"{CANARY}-wrong"}
        assert other.post("/orders/find/", wrong).status_code == 404
        found = other.done("/orders/find/", {"number": number, "proof": PASSWORD})
        assert found.status_code == 302

    def complain(self, order: str) -> None:
        self.buyer.get(order)
        text = f"{CANARY}-000001 does not work, my number is {PHONE}"
        case = self.buyer.done(f"{order}help/", {"kind": "code_fails", "text": text})
        ref = case.headers["Location"].split("#case-")[1]
        self.buyer.done(f"{order}help/{ref}/", {"text": f"still: {CANARY}-000001"})

    # In the office

    def office(self, *, order: int, unit: int, code: int, case: int) -> None:
        staff = self.staff
        for path in (f"orders/{order}/", f"codes/{code}/", f"cases/{case}/"):
            assert staff.get(f"/office/{path}").status_code == 200
        reason = {"reason": "the buyer asks"}
        self.saw("reveal", staff.done(f"/office/codes/{code}/reveal/", reason).text)
        staff.done(f"/office/cases/{case}/say/", {"text": f"was it {CANARY}-000001?"})
        staff.done(f"/office/orders/{order}/units/{unit}/replace/", {"reason": "bad"})
        for table in ("orders/order", "inventory/code"):
            found = staff.done(f"/office/{table}/", {"seek": "yes", "q": f"{CANARY}-000001"})
            assert staff.get(found.headers["Location"]).status_code == 200

    def by_hand(self, *, order: int, unit: int) -> None:
        page = f"/office/orders/{order}/units/{unit}/"
        self.staff.get(page)
        self.staff.done(f"{page}deliver/", {"text": f"{CANARY}-by-hand"})

    # What goes wrong

    def go_wrong(self, broken: str) -> list[int]:
        """A code whose ciphertext is broken, and forms that are refused with a code in them."""
        self.buyer.get(broken)
        text = {"text": f"{CANARY}-000001", "kind": "code_fails", "csrfmiddlewaretoken": ""}
        stranger = self.stranger()
        return [
            self.buyer.post(f"{broken}codes/", {}).status_code,
            stranger.post(f"{broken}help/", text).status_code,
            stranger.get(f"/search/?q={CANARY}-000001").status_code,
            self.buyer.post(f"/p/{self.given['product_ref']}/", text).status_code,
        ]


def table_of(codes: range) -> str:
    """Codes, three of them twice, and three lines that no one can load."""
    lines = [f"{CANARY}-{number:06d},2030-12-31" for number in codes]
    bad = [f"{CANARY}-old{n},2001-01-01" for n in range(2)] + [f"{CANARY}-x,no day at all"]
    return "\n".join(["卡密,有效期", *lines, *lines[:3], *bad, ""])
