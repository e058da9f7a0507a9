from django.urls import path

from api.views import money, orders, products

app_name = "api"
urlpatterns = [
    path("products", products.Products.as_view(), name="products"),
    path("products/<str:ref>", products.OneProduct.as_view(), name="product"),
    path("orders", orders.Orders.as_view(), name="orders"),
    path("orders/<str:ref>", orders.OneOrder.as_view(), name="order"),
    path("balance", money.Balance.as_view(), name="balance"),
    path("balance/entries", money.Entries.as_view(), name="entries"),
]
