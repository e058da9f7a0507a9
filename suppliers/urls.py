from django.urls import path

from suppliers import api

app_name = "suppliers"
urlpatterns = [
    path("<uuid:uid>/callback/", api.callback, name="callback"),
    path("<uuid:uid>/after-sale/", api.after_sale, name="after_sale"),
]
