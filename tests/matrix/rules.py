"""Who may do what at each route, and how the route is filled in: the matrix's table.

`get` and `post` name who is let in; what a rule does not give, nobody has. `{name}` in a path or a
form is a thing of a shop's world.
"""

from dataclasses import dataclass, field
from typing import Any

NOBODY, PUBLIC, DEVICE, MEMBER, OPERATOR = "nobody", "public", "device", "member", "operator"
LOOKER, KEEPER = "looker", "keeper"  # a partner's own people: read-only, and with keys
PASSWORD = "{password}"


@dataclass(frozen=True)
class Rule:
    path: str
    get: str = NOBODY
    post: str = NOBODY
    form: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    shows: bool = True  # whether who is let in reads the shop's own texts there
    posted: int = 302  # what a deed that was done is answered with; 422: the form is sent empty
    notes: tuple[str, ...] = ()  # where the shop writes down a try that found nothing
    leads: bool = True  # whether a redirect leads to a page for the same people

    @property
    def is_about_a_thing(self) -> bool:
        return "{" in self.path.replace(PASSWORD, "")


def page(path: str, right: str, **more: Any) -> Rule:
    """Read by a right, and posted to as if it were read."""
    return Rule(path, get=right, post=right, **({"posted": 200} | more))


def deed(path: str, right: str, form: dict[str, Any] | None = None, **more: Any) -> Rule:
    return Rule(path, post=right, form=form or {}, **more)


def asset(path: str, **more: Any) -> Rule:
    return Rule(path, get=PUBLIC, **({"shows": False} | more))


def table(
    site: str, app: str, model: str, *, thing: str, look: str, **more: Any
) -> dict[str, Rule]:
    """The six routes of a table in the admin: looked at, sometimes edited, never deleted."""
    name, root = f"{site}:{app}_{model}", f"/office/{app}/{model}/"
    member = OPERATOR if site == "platform" else MEMBER
    own_page, form = more.get("page", False), more.get("form")
    add = more.get("edit", NOBODY) if form else NOBODY
    change = Rule(f"{root}{{{thing}}}/change/", get=look, post=add, form=form or {})
    if own_page:
        change = Rule(f"{root}{{{thing}}}/change/", look, look, **more.get("change", {}))
    history = Rule(f"{root}{{{thing}}}/history/", look, look, shows=False, posted=200)
    if site == "office":  # leads to the shop's audit log, whatever the thing
        history = Rule(f"{root}{{{thing}}}/history/", "audit.view", "audit.view", shows=False)
    return {
        f"{name}_changelist": Rule(root, get=look, post=more.get("list_post", look), posted=200),
        f"{name}_add": Rule(f"{root}add/", get=add, post=add, form=form or {}, shows=False),
        f"{name}_delete": Rule(f"{root}{{{thing}}}/delete/"),
        f"{name}_change": change,
        f"{name}_history": history,
        f"office/{app}/{model}/<path:object_id>/": Rule(
            f"{root}1/", get=member, post=member, shows=False, leads=False
        ),
    }


def signing_in(member: str) -> dict[str, Rule]:
    new = {
        "oldpassword": PASSWORD,
        "password1": "another one, long",
        "password2": "another one, long",
    }
    reset = "/office/password/reset/"
    return {
        "account_login": asset("/office/login/", post=PUBLIC, posted=422),
        "account_reauthenticate": Rule(
            "/office/reauthenticate/", member, member, {"password": PASSWORD}, shows=False
        ),
        "account_change_password": Rule("/office/password/", member, member, new, shows=False),
        "account_reset_password": asset(reset, post=PUBLIC, form={"email": "nobody@example.com"}),
        "account_reset_password_done": asset(f"{reset}done/"),
        "account_reset_password_from_key": asset(f"{reset}1-nosuchkey/", post=PUBLIC, posted=200),
        "account_reset_password_from_key_done": asset("/office/password/set/"),
        "mfa_index": Rule("/office/security/", member, shows=False),
        "mfa_authenticate": asset("/office/security/code/", post=PUBLIC, posted=302),
        "mfa_reauthenticate": Rule("/office/security/code/again/", member, member, shows=False),
        "mfa_activate_totp": Rule("/office/security/factor/", member, member, shows=False),
        "mfa_deactivate_totp": Rule("/office/security/factor/off/", member, member, shows=False),
        "mfa_view_recovery_codes": Rule("/office/security/recovery/", member, member, shows=False),
        "mfa_download_recovery_codes": Rule(
            "/office/security/recovery/file/", member, member, shows=False
        ),
        "mfa_generate_recovery_codes": Rule(
            "/office/security/recovery/new/", member, member, shows=False
        ),
        "office_sessions_end": deed("/office/security/sessions/end/", member, shows=False),
        "office_session_end": deed("/office/security/sessions/1/end/", member, shows=False),
        "office_theme": deed(
            "/office/theme/", PUBLIC, {"theme": "dark", "next": "/office/"}, shows=False
        ),
        "office_language": deed(
            "/office/language/", PUBLIC, {"language": "en", "next": "/office/"}, shows=False
        ),
    }


def site(name: str, member: str) -> dict[str, Rule]:
    """What Django's admin brings besides tables."""
    office = "/office/"
    return {
        f"{name}:index": page(office, "home.view" if member == MEMBER else member, shows=False),
        f"{name}:login": asset(f"{office}login/", post=PUBLIC, posted=422),
        f"{name}:search": page(f"{office}search/", member, shows=False),
        f"{name}:logout": Rule(f"{office}logout/", PUBLIC, PUBLIC, shows=False),
        f"{name}:password_change": Rule(f"{office}password_change/", member, member, shows=False),
        f"{name}:password_change_done": Rule(f"{office}password_change/done/", member, shows=False),
        f"{name}:autocomplete": Rule(f"{office}autocomplete/"),
        f"{name}:jsi18n": Rule(f"{office}jsi18n/", member, shows=False),
        f"{name}:app_list": Rule(f"{office}tenants/", member, member, shows=False),
        "office/(?P<url>.*)$": Rule(f"{office}nothing-is-here"),
    }


ORDER, CASE, BATCH = "/office/orders/{order}/", "/office/cases/{case}/", "/office/batches/{batch}/"
SUPPLIER = "/office/suppliers/{contract}/"
CONTRACT = {"name": "A new name", "base_url": "https://new.example.com", "app_id": "u2"}
OFFER = {"product": "99", "cost": "9.875", "priority": "1", "weight": "1", "slow_hours": "0",
         "is_on": "on"}  # fmt: skip
AUTHORISED = {"number": "A-2", "since": "2026-01-01", "until": "2026-12-31"}
TRANSFER = {"supplier": "{contract}", "amount": "12.50", "paid_on": "2026-01-05", "how": "bank",
            "ref": "a transfer"}  # fmt: skip
PARTNER_PAGE = "/office/partners/{partner}/"
PARTNER = {
    "name": "A new name",
    "most_per_second": "100",
    "loss_guard": "refuse",
    "sells_all": "on",
    "tier": "{tier_id}",
}
HOOK = f"{PARTNER_PAGE}webhooks/{{endpoint}}/"
ENDPOINT = {"url": "https://new.example/hooks", "kinds": "order.completed"}
TIER = {"name": "A new name", "way": "discount", "rate": "98.5", "floor_rate": "100"}
JOB, CODE = "/office/imports/{job}/", "/office/codes/{code}/"
NAMES = {"name": "A new name", "name_en": "A new name"}
PRODUCT = NAMES | {
    "brand": "{brand}", "category": "{category}", "position": "0",
    "skus-TOTAL_FORMS": "0", "skus-INITIAL_FORMS": "0",
}  # fmt: skip
FORM = NAMES | {"key0": "qq", "kind0": "qq", "label0": "QQ", "label_en0": "QQ"}
HALF = {"slug": "newshop"}  # the whole of it needs commits: tests/tenants
COLUMNS = {"width": "1", "column0": "secret", "delimiter": ",", "has_header": "on"}

OFFICE = {
    **signing_in(MEMBER),
    **site("office", MEMBER),
    **table("office", "catalog", "product", thing="product", look="catalog.view",
            edit="catalog.edit", form=PRODUCT),
    **table("office", "catalog", "category", thing="category", look="catalog.view",
            edit="catalog.edit", form=NAMES | {"icon": "", "position": "0"}),
    **table("office", "catalog", "brand", thing="brand", look="catalog.view", edit="catalog.edit",
            form=NAMES | {"glyph": "N", "tile_from": "#111111", "tile_to": "#222222"}),
    **table("office", "catalog", "buyertemplate", thing="template", look="catalog.view",
            page=True),
    **table("office", "tenants", "member", thing="member", look="members.view", page=True),
    **table("office", "tenants", "auditrow", thing="audit", look="audit.view"),
    **table("office", "orders", "order", thing="order", look="orders.view", page=True),
    **table("office", "orders", "case", thing="case", look="cases.view", page=True),
    **table("office", "inventory", "batch", thing="batch", look="stock.view", page=True),
    **table("office", "suppliers", "attempt", thing="attempt", look="stock.view", page=True),
    **table("office", "inventory", "code", thing="code", look="stock.view", page=True),
    "office_invite": page("/office/members/invite/", "members.manage", shows=False, posted=302,
                          form={"email": "new@example.com", "role": "viewer"}),
    "office_member": page("/office/members/{member}/", "members.view"),
    "office_member_change": deed("/office/members/{member}/change/", "members.manage",
                                 {"role": "support", "is_active": "on"}),
    "office_order_paper": page("/office/orders/{order}/paper/", "orders.view"),
    "office_order": page(ORDER, "orders.view"),
    "office_refund": deed(f"{ORDER}refund/", "orders.refund", {"what": "some", "unit": "{unit}"}),
    "office_visit": asset("/office/visit/{visit}/", post=PUBLIC, posted=302),
    "office_visit_end": deed("/office/visit/end/", PUBLIC, shows=False, leads=False),
    "office_guide": page("/office/guide/", "home.view"),
    "office_guide_shop": page("/office/guide/shop/", "settings.edit", posted=422, shows=False),
    "office_guide_product": page("/office/guide/product/", "catalog.edit", posted=422, shows=False),
    "office_guide_hide": deed("/office/guide/hide/", "home.view"),
    "office_find": page("/office/find/", "home.view"),
    "office_find_hits": deed("/office/find/hits/", "home.view", posted=200, shows=False),
    "office_cockpit": page("/office/cockpit/", "risk.view", shows=False),
    "office_cockpit_wall": page("/office/cockpit/wall/", "risk.view", shows=False),
    "office_cockpit_block": page("/office/cockpit/ticker/", "risk.view", shows=False),
    "office_cockpit_csv": page("/office/cockpit/ticker/csv/", "risk.view", shows=False),
    "office_questions": page("/office/questions/", "risk.view", shows=False),
    "office_question": page("/office/questions/cover/", "stock.view"),
    "office_question_csv": page("/office/questions/cover/csv/", "stock.view"),
    "office_buyers": page("/office/buyers/", "orders.view", form={"q": "x"}, posted=302,
                          shows=False),
    "office_buyer": page("/office/buyers/{buyer}/", "orders.view", shows=False),
    "office_buyers_save": deed("/office/buyers/save/", "orders.view",
                               {"name": "Best", "segment": "best"}, shows=False),
    "office_buyers_recount": deed("/office/buyers/saved/{segment}/count/", "orders.view"),
    "office_buyers_drop": deed("/office/buyers/saved/{segment}/drop/", "orders.view"),
    "office_radar": page("/office/radar/", "risk.view"),
    "office_radar_feed": page("/office/radar/feed/", "risk.view", shows=False),
    "office_rules": page("/office/rules/", "risk.view"),
    "office_rule_new": page("/office/rules/new/", "risk.edit", shows=False),
    "office_rules_bring": page("/office/rules/bring/", "risk.edit", shows=False, posted=422),
    "office_rules_json": page("/office/rules/json/", "risk.view"),
    "office_rule_restore": deed("/office/rules/{rule}/back/1/", "risk.edit"),
    "office_rule_versions": page("/office/rules/{rule}/versions/", "risk.view"),
    "office_rule_json": page("/office/rules/{rule}/json/", "risk.view"),
    "office_presets": page("/office/rules/presets/", "risk.view", shows=False),
    "office_preset": page("/office/rules/presets/strict/", "risk.view", shows=False),
    "office_preset_install": deed("/office/rules/presets/strict/shadow/", "risk.edit", shows=False),
    "office_lists": page("/office/rules/lists/", "risk.view", form={"q": "x"}, posted=302),
    "office_lists_csv": page("/office/rules/lists/csv/", "risk.view"),
    "office_list_new": page("/office/rules/lists/new/", "risk.edit", shows=False, posted=422),
    "office_list_drop": deed("/office/rules/lists/drop/", "risk.edit", {"entry": "{listed}"}),
    "office_list_put_back": deed("/office/rules/lists/back/", "risk.edit", {"entry": "{unlisted}"}),
    "office_rule": page("/office/rules/{rule}/", "risk.view"),
    "office_rule_edit": page("/office/rules/{rule}/edit/", "risk.edit"),
    "office_rule_switch": deed("/office/rules/{rule}/off/", "risk.edit"),
    "office_notices": page("/office/notices/", "home.view"),
    "office_notices_read": deed("/office/notices/read/", "home.view"),
    "office_notice_read": page("/office/notices/read/{told}/", "home.view", posted=302),
    "office_recipient_new": page(
        "/office/notices/new/", "settings.edit", shows=False, posted=422
    ),
    "office_sms": page("/office/notices/sms/", "settings.edit", posted=422),
    "office_sms_try": page("/office/notices/sms/test/", "settings.edit", posted=422),
    "office_recipient": page("/office/notices/{recipient}/", "settings.edit", posted=422),
    "office_recipient_try": deed("/office/notices/{recipient}/test/", "settings.edit"),
    "office_recipient_drop": deed("/office/notices/{recipient}/drop/", "settings.edit"),
    "office_exports": page("/office/exports/", "home.view", shows=False, posted=302, form={
        "table": "goods", "form": "csv", "key": "5f0c3a52-8a0e-4c55-9a35-6a8a5a1f0001"}),
    "office_export_progress": Rule("/office/exports/{export}/progress/", "home.view",
                                   shows=False),
    "office_export_take": Rule("/office/exports/{export}/file/", "home.view"),
    "office_export_do": deed("/office/exports/{given_up}/again/", "home.view", shows=False),
    "office_reports": page("/office/reports/", "home.view", shows=False, posted=422),
    "office_report_do": deed("/office/reports/{scheduled}/pause/", "home.view", shows=False),
    "office_held": page("/office/held/", "orders.view"),
    "office_held_bulk": page("/office/held/bulk/", "orders.review", form={"order": "{held}"},
                             shows=False),
    "office_review": page("/office/held/{held}/", "orders.view"),
    "office_decide": deed("/office/orders/{held}/release/", "orders.review"),
    "office_decide_opening": deed("/office/orders/{closed}/codes/allow/", "orders.review"),
    "office_resend": deed(f"{ORDER}link/", "orders.resend", posted=200, shows=False),
    "office_deliver_form": page("/office/orders/{wanted}/units/{waiting}/", "orders.deliver"),
    "office_deliver": deed("/office/orders/{wanted}/units/{waiting}/deliver/", "orders.deliver",
                           {"text": "your code"}),
    "office_goods": page("/office/orders/{typed}/units/{typed_unit}/goods/", "codes.reveal"),
    "office_reveal": deed("/office/orders/{typed}/units/{typed_unit}/reveal/", "codes.reveal",
                          {"reason": "the buyer asks"}, posted=200),
    "office_replace": deed(f"{ORDER}units/{{unit}}/replace/", "codes.replace", {"reason": "bad"}),
    "office_case": page(CASE, "cases.view"),
    "office_case_say": deed(f"{CASE}say/", "cases.work", {"text": "hello"}),
    "office_case_supplier": deed(f"{CASE}supplier/", "cases.work"),
    "office_case_complain": deed("/office/cases/{supplied_case}/complain/", "cases.work",
                                 {"text": "hello", "key": "{complaint_key}"}),
    "office_complaint_reveal": deed(
        "/office/cases/{supplied_case}/complaints/{complaint}/reveal/", "codes.reveal",
        {"reason": "the buyer asks"}, posted=200),
    "office_case_settle": deed(f"{CASE}settle/", "cases.work",
                               {"outcome": "rejected", "reason": "it worked"}),
    "office_batch": page(BATCH, "stock.view"),
    "office_batch_progress": page(f"{BATCH}progress/", "stock.view", shows=False),
    "office_batch_do": deed(f"{BATCH}freeze/", "stock.freeze", {"reason": "a complaint"}),
    "office_code": page(CODE, "stock.view"),
    "office_code_reveal": deed(f"{CODE}reveal/", "codes.reveal", {"reason": "the buyer asks"},
                               posted=200),
    "office_imports": page("/office/imports/", "stock.import", posted=302,
                           form={"sku": "{sku}", "text": "NEWCODE-1"}),
    "office_import_template": page("/office/imports/template.xlsx", "stock.import", shows=False),
    "office_import": page(JOB, "stock.import"),
    "office_import_choose": deed(f"{JOB}choose/", "stock.import", COLUMNS),
    "office_import_progress": page(f"{JOB}progress/", "stock.import", shows=False),
    "office_import_errors": page("/office/imports/{job_done}/refused.csv", "stock.import",
                                 shows=False),
    "office_import_do": deed("/office/imports/{job_ready}/start/", "stock.import"),
    "office_view_save": deed("/office/views/save/", "home.view",
                             {"listing": "orders.order", "name": "x", "query": "channel=web"}),
    "office_view_drop": deed("/office/views/{view}/drop/", "settings.edit"),
    "office_products_bulk": page("/office/products/bulk/", "catalog.edit", query="ids={product}",
                                 form={"refund_rule": "None"}, posted=302),
    "office_products_change": page("/office/products/changes/{change}/", "catalog.edit"),
    "office_products_undo": deed("/office/products/changes/{change}/undo/", "catalog.edit"),
    "office_products_table": page("/office/products/table/", "catalog.edit", shows=False,
                                  posted=422),
    "office_products_table_out": page("/office/products/table/csv/", "catalog.view"),
    "office_product_do": deed("/office/products/{product}/copy/", "catalog.edit"),
    "office_template_new": page("/office/buyer-forms/new/", "catalog.edit", form=FORM, shows=False,
                                posted=302),
    "office_template": Rule("/office/buyer-forms/{template}/", "catalog.view", "catalog.edit",
                            FORM),
    "office_contents": page("/office/contents/", "catalog.edit"),
    "office_content_set": deed("/office/contents/{reusable}/", "catalog.edit",
                               {"kind": "text", "body": "another group"}),
    "office_suppliers": page("/office/suppliers/health/", "stock.view"),
    "office_supplier_new": page("/office/suppliers/new/", "suppliers.edit", shows=False,
                                query="protocol=fulu", posted=302,
                                form=CONTRACT | {"secret": "another secret"}),
    # A whole recipe has braces, as what is filled in here has: tests/dashboard docks by one.
    "office_recipe": page("/office/suppliers/recipe/", "suppliers.edit", shows=False, posted=422),
    "office_supplier": page(SUPPLIER, "stock.view"),
    "office_supplier_check": deed(f"{SUPPLIER}check/", "suppliers.edit"),
    "office_supplier_edit": page(f"{SUPPLIER}edit/", "suppliers.edit", posted=302, form=CONTRACT),
    "office_supplier_terms": page(f"{SUPPLIER}terms/", "suppliers.edit", posted=302,
                                  form={"cycle": "monthly", "pay_days": "15"}),
    "office_supplier_secrets": page(f"{SUPPLIER}secrets/", "suppliers.edit", posted=302,
                                    form={"secret": "another secret"}),
    "office_authorisation_new": page(f"{SUPPLIER}authorisations/new/", "suppliers.edit",
                                     posted=422),
    "office_authorisation": page("/office/suppliers/authorisations/{authorisation}/",
                                 "suppliers.edit", posted=302, form=AUTHORISED),
    "office_paper": Rule("/office/suppliers/authorisations/{authorisation}/paper/",
                         "suppliers.edit", shows=False),
    "office_price_changes": page("/office/suppliers/prices/", "cost.view"),
    "office_catalogue": page(f"{SUPPLIER}catalogue/", "stock.view"),
    "office_catalogue_read": deed(f"{SUPPLIER}catalogue/read/", "suppliers.edit"),
    "office_catalogue_terms": page(f"{SUPPLIER}catalogue/terms/", "suppliers.edit", posted=302,
                                   form={"every_minutes": "60", "alert_percent": "10"}),
    "office_catalogue_line": page(f"{SUPPLIER}catalogue/{{line}}/", "suppliers.edit"),
    "office_catalogue_line_read": deed(f"{SUPPLIER}catalogue/{{line}}/read/", "suppliers.edit"),
    "office_margin": page("/office/offers/margin/{bought}/", "suppliers.edit", posted=302,
                          form={"action": "reprice", "margin_percent": "5"}),
    "office_offer_follow": deed("/office/offers/{offer}/follow/", "suppliers.edit",
                                {"field": "cost_e4"}),
    "office_attempt": page("/office/suppliers/attempts/{attempt}/", "stock.view"),
    "office_lates": page("/office/suppliers/late/", "stock.view"),
    "office_late": page("/office/suppliers/late/{attempt}/", "stock.view"),
    "office_late_stock": deed("/office/suppliers/late/{attempt}/stock/", "stock.import",
                              {"sku": "{sku}"}),
    "office_late_do": deed("/office/suppliers/late/{attempt}/claim/", "bills.settle",
                           {"note": "yes"}),
    "office_offers": page("/office/offers/", "stock.view"),
    "office_offer_new": page("/office/offers/new/{bought}/", "suppliers.edit", posted=302,
                             query="line={line}", form=OFFER | {"supplier": "{contract}"}),
    "office_offer": page("/office/offers/{offer}/", "suppliers.edit", posted=302, form=OFFER),
    "office_bills": page("/office/bills/", "bills.settle", posted=422),
    "office_bill_store": deed("/office/bills/store/", "bills.settle",
                              {"token": "{kept_bill}", "then": "store"}),
    "office_statement": page("/office/bills/statement/", "bills.settle",
                             query="supplier={contract}"),
    "office_statement_csv": page("/office/bills/statement.csv", "bills.settle", shows=False,
                                 query="supplier={contract}"),
    "office_settlement": page("/office/bills/settlement/", "bills.settle",
                              query="supplier={contract}"),
    "office_supplier_payments": page("/office/bills/payments/", "bills.settle", posted=302,
                                     form=TRANSFER),
    "office_payment_proof": Rule("/office/bills/payments/{sent}/proof/", "bills.settle",
                                 shows=False),
    "office_supplier_payment_undo": deed("/office/bills/payments/{sent}/undo/", "bills.settle",
                                         {"reason": "a mistake"}),
    "office_breaks": page("/office/bills/breaks/", "bills.settle"),
    "office_breaks_csv": page("/office/bills/breaks.csv", "bills.settle", shows=False),
    "office_break": page("/office/bills/breaks/{gap}/", "bills.settle"),
    "office_break_do": deed("/office/bills/breaks/{gap}/claim/", "bills.settle", {"note": "yes"}),
    "office_bill": page("/office/bills/{bill}/", "bills.settle"),
    "office_bill_lines": page("/office/bills/{bill}/lines/", "bills.settle"),
    "office_bill_progress": page("/office/bills/{bill}/progress/", "bills.settle", shows=False),
    "office_bill_do": deed("/office/bills/{bill}/match/", "bills.settle"),
    "office_partners": page("/office/partners/", "partners.view"),
    "office_partner_new": page("/office/partners/new/", "partners.edit", shows=False, posted=302,
                               form=PARTNER | {"name": "Another one"}),
    "office_partner": page(PARTNER_PAGE, "partners.view"),
    "office_partner_edit": page(f"{PARTNER_PAGE}edit/", "partners.edit", posted=302,
                                form=PARTNER),
    "office_partner_do": deed(f"{PARTNER_PAGE}suspend/", "partners.edit", {"reason": "late"}),
    "office_key_new": page(f"{PARTNER_PAGE}keys/new/", "partners.edit",
                           form={"scopes": "orders:read"}),
    "office_key_roll": page(f"{PARTNER_PAGE}keys/{{key}}/roll/", "partners.edit", shows=False,
                            form={"hours": "24"}),
    "office_key_revoke": deed(f"{PARTNER_PAGE}keys/{{key}}/revoke/", "partners.edit"),
    "office_keys": page(PARTNER_PAGE, "partners.view"),
    "office_person_new": page(f"{PARTNER_PAGE}people/new/", "partners.edit",
                              form={"email": "new@example.com"}),
    "office_person_link": page(f"{PARTNER_PAGE}people/{{looker}}/link/", "partners.edit",
                               shows=False),
    "office_person_remove": deed(f"{PARTNER_PAGE}people/{{looker}}/remove/", "partners.edit"),
    "office_person_factor_off": deed(f"{PARTNER_PAGE}people/{{looker}}/factor/off/",
                                     "partners.edit"),
    "office_factor_demand": deed(f"{PARTNER_PAGE}people/factor/on/", "partners.edit"),
    "office_test_mode": page(f"{PARTNER_PAGE}test/", "partners.view"),
    "office_test_open": deed(f"{PARTNER_PAGE}test/open/", "partners.edit"),
    "office_test_key_new": page(f"{PARTNER_PAGE}test/keys/new/", "partners.edit",
                                form={"scopes": "orders:read"}),
    "office_test_key_roll": page(f"{PARTNER_PAGE}test/keys/{{test_key}}/roll/", "partners.edit",
                                 shows=False, form={"hours": "24"}),
    "office_test_key_revoke": deed(f"{PARTNER_PAGE}test/keys/{{test_key}}/revoke/",
                                   "partners.edit"),
    "office_door_kinds": page(f"{PARTNER_PAGE}doors/new/", "partners.edit"),
    "office_door_new": page(f"{PARTNER_PAGE}doors/new/kasushou/", "partners.edit"),
    "office_door": page(f"{PARTNER_PAGE}doors/{{door_id}}/", "partners.view"),
    "office_door_edit": page(f"{PARTNER_PAGE}doors/{{door_id}}/edit/", "partners.edit",
                             shows=False, posted=302, form={"hosts": "open.example.com"}),
    "office_door_roll": page(f"{PARTNER_PAGE}doors/{{door_id}}/roll/", "partners.edit",
                             shows=False, form={"hours": "24"}),
    "office_door_close": deed(f"{PARTNER_PAGE}doors/{{door_id}}/close/", "partners.edit"),
    "office_webhooks": page(f"{PARTNER_PAGE}webhooks/", "partners.view"),
    "office_webhook_new": page(f"{PARTNER_PAGE}webhooks/new/", "partners.edit", form=ENDPOINT),
    "office_webhook": page(HOOK, "partners.view"),
    "office_webhook_edit": page(f"{HOOK}edit/", "partners.edit", shows=False, posted=302,
                                form=ENDPOINT),
    "office_webhook_rotate": page(f"{HOOK}secret/", "partners.edit", shows=False),
    "office_webhook_do": deed(f"{HOOK}off/", "partners.edit"),
    "office_webhook_remove": deed(f"{HOOK}remove/", "partners.edit"),
    "office_webhook_sample": deed(f"{HOOK}sample/", "partners.edit", {"kind": "order.completed"}),
    "office_replay": page(f"{HOOK}again/", "partners.edit", shows=False, posted=302,
                          form={"since": "2020-01-01T00:00"}),
    "office_delivery": page(f"{PARTNER_PAGE}deliveries/{{delivery}}/", "partners.view"),
    "office_delivery_again": deed(f"{PARTNER_PAGE}deliveries/{{delivery}}/again/",
                                  "partners.edit"),
    "office_partner_prices": page(f"{PARTNER_PAGE}prices/", "partners.view"),
    "office_partner_calls": page(f"{PARTNER_PAGE}calls/", "partners.view"),
    "office_partner_call": page(f"{PARTNER_PAGE}calls/{{api_call}}/", "partners.view"),
    "office_partner_statement": page(f"{PARTNER_PAGE}statement/", "partners.money"),
    "office_partner_statement_file": page(f"{PARTNER_PAGE}statement/csv/", "partners.money",
                                          shows=False),
    "office_payments_in": page(f"{PARTNER_PAGE}payments/", "partners.money", posted=302,
                               form={"amount": "12.50", "reference": "a payment"}),
    "office_pay_in_limits": page("/office/payments-in/limits/", "partners.money", shows=False,
                                 posted=302, form={"least": "1", "most": "500", "daily": ""}),
    "office_correction": page(f"{PARTNER_PAGE}correction/", "partners.money", posted=302,
                              form={"way": "up", "amount": "1", "reason": "a mistake"}),
    "office_tiers": page("/office/tiers/", "partners.view"),
    "office_tier_new": page("/office/tiers/new/", "partners.edit", shows=False, posted=302,
                            form=TIER | {"name": "Another one"}),
    "office_tier": page("/office/tiers/{tier}/", "partners.edit", posted=302, form=TIER),
    "office_price_drop": deed("/office/tiers/{tier}/drop-price/", "partners.edit",
                              {"sku": "{sku}"}),
    "office_tier_drop": deed("/office/tiers/{empty_tier}/drop/", "partners.edit"),
    "office_claims": page("/office/claims/", "partners.money", query="partner={partner_id}",
                          posted=302,
                          form={"partner": "{partner_id}", "amount": "12.50",
                                "paid_on": "2026-01-05", "bank_ref": "a transfer"}),
    "office_claim_proof": Rule("/office/claims/{claim}/proof/", "partners.money", shows=False),
    "office_claim_do": deed("/office/claims/{claim}/confirm/", "partners.money"),
    "office_stuck": page("/office/waiting/", "orders.view", shows=False),
    "office_money": page("/office/payments/", "money.view", shows=False),
    "office_notice_seen": deed("/office/payments/notices/{notice}/", "money.view", shows=False),
    "office_notices_seen": deed("/office/payments/notices/sandbox/forged/", "money.view",
                                {"seen_until": "2999-01-01T00:00:00Z"}, shows=False),
    "office_refund_do": deed("/office/payments/refunds/{refund}/retry/", "orders.refund",
                             shows=False),
    "office_settings": page("/office/settings/", "settings.edit", posted=302,
                            form={"name": "A new name", "language": "en"}),
}  # fmt: skip

AT = "/o/{token}/"
BUY = {"sku": "{sku_ref}", "quantity": "1", "contact": "13800138000", "consent": "1",
       "request_key": "a form of the matrix"}  # fmt: skip
SHOP = {
    "storefront:home": asset("/", shows=True),
    "storefront:category": asset("/c/{category}/", shows=True),
    "storefront:search": asset("/search/", query="q=goods", shows=True),
    "storefront:product": asset("/p/{product_ref}/", post=PUBLIC, form=BUY, shows=True),
    "storefront:account": deed(
        "/p/{product_ref}/account/", PUBLIC, {"sku": "{sku_ref}"}, posted=200, shows=False
    ),
    "storefront:order": Rule(AT, get=DEVICE, post=DEVICE, posted=200),
    "storefront:pay": Rule("/o/{unpaid}/pay/", get=DEVICE),
    "storefront:give_up": Rule(f"{AT}cancel/", post=DEVICE),  # paid: nothing to cancel
    "storefront:live": Rule(f"{AT}live/", get=DEVICE, shows=False),
    "storefront:codes": Rule(f"{AT}codes/", post=DEVICE, posted=200),
    "storefront:codes_file": Rule(f"{AT}codes.txt", post=DEVICE, posted=200, shows=False),
    "storefront:complain": Rule(
        "/o/{uncomplained}/help/",
        get=DEVICE,
        post=DEVICE,
        form={"kind": "other", "text": "hello"},
    ),
    "storefront:say": Rule(
        f"{AT}help/{{case_ref}}/", get=DEVICE, post=DEVICE, form={"text": "hello"}
    ),
    "storefront:mine": asset("/orders/"),
    "storefront:lookup": asset(
        "/orders/find/",
        post=PUBLIC,
        form={"number": "{number}", "proof": "{mail}"},
        notes=("risk_assessment",),
    ),
    "storefront:forget": deed("/orders/forget/", PUBLIC, shows=False),
    # Whoever has the address may pay, as with a bill.
    "storefront:balance": asset("/balance/{balance_page}/", shows=True),
    "storefront:balance_live": asset("/balance/{balance_page}/live/"),
    "storefront:notice": Rule("/pay/notice/sandbox/"),  # who signs it: tests/payments
    "api:openapi_json": asset("/api/v1/openapi.json"),
    "api:openapi_yaml": asset("/api/v1/openapi.yaml"),
    "developers:overview": asset("/developers/"),
    "developers:page": asset("/developers/quickstart/"),
    "developers:llms": asset("/developers/llms.txt"),
    "developers:client": asset("/developers/quanyi.zip"),
    # By a partner's key and nothing else: tests/api.
    "api:products": Rule("/api/v1/products"),
    "api:product": Rule("/api/v1/products/{sku_ref}"),
    "api:orders": Rule("/api/v1/orders"),
    "api:order": Rule("/api/v1/orders/{partner_order}"),
    "api:account_checks": Rule("/api/v1/account-checks"),
    "api:batches": Rule("/api/v1/order-batches"),
    "api:cancel": Rule("/api/v1/orders/{partner_order}/cancel"),
    "api:refund_requests": Rule("/api/v1/orders/{partner_order}/refund-requests"),
    "api:refund_request": Rule("/api/v1/orders/{partner_order}/refund-requests/{case_ref}"),
    "api:balance": Rule("/api/v1/balance"),
    "api:entries": Rule("/api/v1/balance/entries"),
    "api:payments": Rule("/api/v1/balance/payments"),
    "api:payment": Rule("/api/v1/balance/payments/{payment_in}"),
    "api:endpoints": Rule("/api/v1/webhook-endpoints"),
    "api:endpoint": Rule("/api/v1/webhook-endpoints/{endpoint}"),
    "api:rotate": Rule("/api/v1/webhook-endpoints/{endpoint}/rotate"),
    "api:sample": Rule("/api/v1/webhook-endpoints/{endpoint}/test"),
    "api:deliveries": Rule("/api/v1/webhook-deliveries"),
    "api:retry": Rule("/api/v1/webhook-deliveries/{delivery}/retry"),
    "api:events": Rule("/api/v1/events"),
    "api:replay": Rule("/api/v1/webhook-endpoints/{endpoint}/replay"),
    "doors:agiso": Rule("/door/{door}/agisoAcprSupplierApi/goods"),  # signed: tests/doors
    "doors:goofish": Rule("/door/{door}/goofish/goods"),  # signed, too
    "doors:kasushou": Rule("/door/{door}/api/v1/goods"),  # signed, too
    "suppliers:callback": Rule("/supplier/{supplier}/callback/"),  # signed: tests/suppliers
    "suppliers:after_sale": Rule("/supplier/{supplier}/after-sale/"),  # signed, too
    "storefront:bank": asset("/sandbox/pay/{bank}/", post=PUBLIC, shows=True),
    "storefront:language": asset("/language/en/"),
    "storefront:theme": asset("/theme.css"),
    "storefront:icon": asset("/icon.svg"),
    "storefront:favicon": asset("/favicon.ico"),
    "storefront:manifest": asset("/manifest.webmanifest"),
    "storefront:media": asset("/media/{picture}"),
}

CONSOLE_ROOT = "/developers/console/"
SECURITY = f"{CONSOLE_ROOT}live/{{partner}}/security/"
JOINING = {"name": "A new one", "password": PASSWORD}


def console_pages(mode: str, key: str, of: str = "") -> dict[str, Rule]:
    """The console's pages in a mode; `of` begins the names of the sandbox's things."""
    root = f"{CONSOLE_ROOT}{mode}/{{partner}}/"
    hook, sent = f"{root}webhooks/{{{of}endpoint}}/", f"{root}webhooks/deliveries/{{{of}delivery}}/"
    quiet = {"shows": False}
    rules = {
        "partner": page(root, LOOKER),
        "keys": page(f"{root}keys/", LOOKER, **quiet),
        "partner_calls": page(f"{root}requests/", LOOKER),
        "partner_call": page(f"{root}requests/{{{of}api_call}}/", LOOKER),
        "webhooks": page(f"{root}webhooks/", LOOKER),
        "webhook_new": page(f"{root}webhooks/new/", KEEPER, form=ENDPOINT, **quiet),
        "delivery": page(sent, LOOKER, **quiet),
        "delivery_again": deed(f"{sent}again/", KEEPER),
        "webhook": page(hook, LOOKER),
        "webhook_edit": page(f"{hook}edit/", KEEPER, form=ENDPOINT, posted=302, **quiet),
        "webhook_rotate": page(f"{hook}secret/", KEEPER, **quiet),
        "webhook_remove": deed(f"{hook}remove/", KEEPER),
        "webhook_sample": deed(f"{hook}sample/", KEEPER, {"kind": "order.completed"}),
        "replay": page(f"{hook}again/", KEEPER, form={"since": "2020-01-01T00:00"}, posted=302,
                       **quiet),
        "webhook_do": deed(f"{hook}off/", KEEPER),
        "partner_statement": page(f"{root}balance/", LOOKER),
        "partner_statement_file": page(f"{root}balance/csv/", LOOKER, **quiet),
        f"{key}_new": page(f"{root}keys/new/", KEEPER, form={"scopes": "orders:read"}, **quiet),
        f"{key}_roll": page(f"{root}keys/{{{key}}}/roll/", KEEPER, form={"hours": "24"}, **quiet),
        f"{key}_revoke": deed(f"{root}keys/{{{key}}}/revoke/", KEEPER),
    }  # fmt: skip
    return {f"console:{mode}:{name}": rule for name, rule in rules.items()}


CONSOLE = {
    "console:home": asset(CONSOLE_ROOT),
    "console:sign_in": asset(f"{CONSOLE_ROOT}sign-in/", post=PUBLIC, posted=422),
    "console:sign_out": deed(f"{CONSOLE_ROOT}sign-out/", PUBLIC, shows=False),
    "console:code": asset(f"{CONSOLE_ROOT}code/", post=PUBLIC),
    "console:password": Rule(
        f"{CONSOLE_ROOT}password/", LOOKER, LOOKER, {"password": PASSWORD}, shows=False
    ),
    "console:lost": asset(
        f"{CONSOLE_ROOT}password/lost/",
        post=PUBLIC,
        form={"email": "nobody@example.com"},
        posted=200,
    ),
    "console:join": asset(f"{CONSOLE_ROOT}join/{{link}}/", post=PUBLIC, form=JOINING),
    **console_pages("live", "key"),
    "console:live:security": page(SECURITY, LOOKER),
    "console:live:factor": page(f"{SECURITY}factor/", LOOKER, shows=False, posted=422),
    "console:live:factor_off": page(f"{SECURITY}factor/off/", LOOKER, shows=False, posted=302),
    "console:live:recovery": page(f"{SECURITY}recovery/", LOOKER, shows=False, posted=302),
    "console:live:factor_demand": deed(f"{SECURITY}demand/on/", KEEPER),
    **console_pages("test", "test_key", "test_"),
    "console:test:test_mode": page(f"{CONSOLE_ROOT}test/{{partner}}/keys/", LOOKER, shows=False),
}

PLATFORM = {
    "": Rule("/", PUBLIC, PUBLIC, shows=False),  # to the office, which asks who it is
    "platform_favicon": asset("/favicon.ico", leads=False),
    **signing_in(OPERATOR),
    **site("platform", OPERATOR),
    **table("platform", "tenants", "merchant", thing="shop", look=OPERATOR, page=True),
    **table("platform", "tenants", "domain", thing="domain", look=OPERATOR),
    **table("platform", "tenants", "user", thing="user", look=OPERATOR),
    "platform_new_shop": page("/office/shops/new/", OPERATOR, form=HALF, shows=False, posted=422),
    "platform_shop": page("/office/shops/{shop}/", OPERATOR),
    "platform_visit": Rule("/office/shops/{shop}/visit/", post=OPERATOR, posted=302, shows=False,
                           form={"member": "{member}", "why": "matrix"}),
    "platform_usage": page("/office/usage/", OPERATOR),
    "platform_suppliers": page("/office/suppliers/", OPERATOR),
    "platform_shop_do": deed("/office/shops/{shop}/suspend/", OPERATOR,
                             {"typed": "{slug}", "reason": "matrix"}),
}  # fmt: skip

RULES = {"shop": OFFICE | SHOP | CONSOLE, "ops": PLATFORM}
