"""The merchant's back office, under /office/ on the shop's host."""

from django.urls import path

from dashboard import signing_in
from dashboard.admin import shop as _  # noqa: F401 -- registers the pages of the merchant's tables
from dashboard.sites import office
from dashboard.views import (
    attempts,
    authorisations,
    bills,
    breaks,
    cases,
    contents,
    goods,
    import_job,
    imports,
    offers,
    orders,
    people,
    settings,
    statements,
    stock,
    suppliers,
    waiting,
)

urlpatterns = [
    *signing_in.paths(),
    path("members/invite/", people.invite, name="office_invite"),
    path("members/<int:member_id>/", people.member, name="office_member"),
    path("members/<int:member_id>/change/", people.change_member, name="office_member_change"),
    path("orders/<int:order_id>/", orders.order, name="office_order"),
    path("orders/<int:order_id>/refund/", orders.refund, name="office_refund"),
    path("orders/<int:order_id>/link/", orders.resend, name="office_resend"),
    path(
        "orders/<int:order_id>/units/<int:unit_id>/",
        orders.deliver_form,
        name="office_deliver_form",
    ),
    path(
        "orders/<int:order_id>/units/<int:unit_id>/deliver/", orders.deliver, name="office_deliver"
    ),
    path(
        "orders/<int:order_id>/units/<int:unit_id>/replace/", orders.replace, name="office_replace"
    ),
    path("cases/<int:case_id>/", cases.case, name="office_case"),
    path("cases/<int:case_id>/say/", cases.say, name="office_case_say"),
    path("cases/<int:case_id>/supplier/", cases.ask_supplier, name="office_case_supplier"),
    path("cases/<int:case_id>/complain/", cases.complain, name="office_case_complain"),
    path("cases/<int:case_id>/settle/", cases.settle, name="office_case_settle"),
    path("batches/<int:batch_id>/", stock.batch, name="office_batch"),
    path("batches/<int:batch_id>/progress/", stock.batch_progress, name="office_batch_progress"),
    path("batches/<int:batch_id>/<slug:verb>/", stock.batch_do, name="office_batch_do"),
    path("codes/<int:code_id>/", stock.code, name="office_code"),
    path("codes/<int:code_id>/reveal/", stock.reveal, name="office_code_reveal"),
    path("imports/", imports.imports, name="office_imports"),
    path("imports/template.xlsx", imports.template, name="office_import_template"),
    path("imports/<int:job_id>/", import_job.job, name="office_import"),
    path("imports/<int:job_id>/choose/", import_job.choose, name="office_import_choose"),
    path("imports/<int:job_id>/progress/", import_job.progress, name="office_import_progress"),
    path("imports/<int:job_id>/refused.csv", import_job.errors, name="office_import_errors"),
    path("imports/<int:job_id>/<slug:verb>/", import_job.do, name="office_import_do"),
    path("products/bulk/", goods.bulk, name="office_products_bulk"),
    path("products/table/", goods.table, name="office_products_table"),
    path("products/table/<slug:form>/", goods.table_out, name="office_products_table_out"),
    path("products/<int:product_id>/<slug:verb>/", goods.shelf, name="office_product_do"),
    path("buyer-forms/new/", goods.template_new, name="office_template_new"),
    path("buyer-forms/<int:template_id>/", goods.template, name="office_template"),
    path("contents/", contents.contents, name="office_contents"),
    path("contents/<int:sku_id>/", contents.set_content, name="office_content_set"),
    path("suppliers/health/", suppliers.health, name="office_suppliers"),
    path("suppliers/new/", suppliers.new, name="office_supplier_new"),
    path("suppliers/<int:supplier_id>/", suppliers.supplier, name="office_supplier"),
    path("suppliers/<int:supplier_id>/check/", suppliers.check, name="office_supplier_check"),
    path("suppliers/<int:supplier_id>/edit/", suppliers.edit, name="office_supplier_edit"),
    path("suppliers/<int:supplier_id>/secrets/", suppliers.secrets, name="office_supplier_secrets"),
    path(
        "suppliers/<int:supplier_id>/authorisations/new/",
        authorisations.new,
        name="office_authorisation_new",
    ),
    path(
        "suppliers/authorisations/<int:authorisation_id>/",
        authorisations.edit,
        name="office_authorisation",
    ),
    path(
        "suppliers/authorisations/<int:authorisation_id>/paper/",
        authorisations.paper,
        name="office_paper",
    ),
    path("suppliers/attempts/<int:attempt_id>/", attempts.attempt, name="office_attempt"),
    path("offers/", offers.offers, name="office_offers"),
    path("offers/new/<int:sku_id>/", offers.new, name="office_offer_new"),
    path("offers/<int:offer_id>/", offers.edit, name="office_offer"),
    path("bills/", bills.bills, name="office_bills"),
    path("bills/store/", bills.store, name="office_bill_store"),
    path("bills/statement/", statements.statement, name="office_statement"),
    path("bills/statement.csv", statements.statement_csv, name="office_statement_csv"),
    path("bills/breaks/", breaks.breaks, name="office_breaks"),
    path("bills/breaks/<int:gap_id>/", breaks.gap, name="office_break"),
    path("bills/breaks/<int:gap_id>/<slug:verb>/", breaks.gap_do, name="office_break_do"),
    path("bills/<int:bill_id>/", bills.bill, name="office_bill"),
    path("bills/<int:bill_id>/<slug:verb>/", bills.bill_do, name="office_bill_do"),
    path("waiting/", waiting.stuck, name="office_stuck"),
    path("payments/", waiting.money, name="office_money"),
    path("payments/notices/<int:notice_id>/", waiting.notice_seen, name="office_notice_seen"),
    path(
        "payments/notices/<slug:provider>/<slug:outcome>/",
        waiting.notices_seen,
        name="office_notices_seen",
    ),
    path(
        "payments/refunds/<int:refund_id>/<slug:verb>/", waiting.refund_do, name="office_refund_do"
    ),
    path("settings/", settings.settings, name="office_settings"),
    path("", office.urls),
]
