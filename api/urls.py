from django.urls import path

from api.views import accounts, aftersale, described, money, orders, products, webhooks

app_name = "api"
urlpatterns = [
    path("openapi.json", described.as_json, name="openapi_json"),
    path("openapi.yaml", described.as_yaml, name="openapi_yaml"),
    path("products", products.Products.as_view(), name="products"),
    path("products/<str:ref>", products.OneProduct.as_view(), name="product"),
    path("account-checks", accounts.AccountChecks.as_view(), name="account_checks"),
    path("order-batches", orders.Batches.as_view(), name="batches"),
    path("orders", orders.Orders.as_view(), name="orders"),
    path("orders/<str:ref>", orders.OneOrder.as_view(), name="order"),
    path("orders/<str:ref>/cancel", aftersale.Cancel.as_view(), name="cancel"),
    path(
        "orders/<str:ref>/refund-requests",
        aftersale.RefundRequests.as_view(),
        name="refund_requests",
    ),
    path(
        "orders/<str:ref>/refund-requests/<str:case_ref>",
        aftersale.RefundRequest.as_view(),
        name="refund_request",
    ),
    path("balance", money.Balance.as_view(), name="balance"),
    path("balance/entries", money.Entries.as_view(), name="entries"),
    path("balance/payments", money.Payments.as_view(), name="payments"),
    path("balance/payments/<str:ref>", money.OnePayment.as_view(), name="payment"),
    path("webhook-endpoints", webhooks.Endpoints.as_view(), name="endpoints"),
    path("webhook-endpoints/<str:ref>", webhooks.OneEndpoint.as_view(), name="endpoint"),
    path("webhook-endpoints/<str:ref>/rotate", webhooks.RotateSecret.as_view(), name="rotate"),
    path("webhook-endpoints/<str:ref>/replay", webhooks.Replays.as_view(), name="replay"),
    path("webhook-endpoints/<str:ref>/test", webhooks.Samples.as_view(), name="sample"),
    path("webhook-deliveries", webhooks.Deliveries.as_view(), name="deliveries"),
    path("webhook-deliveries/<str:ref>/retry", webhooks.Retry.as_view(), name="retry"),
    path("events", webhooks.Events.as_view(), name="events"),
]
