"""The developers' portal under /developers/."""

from django.urls import path

from api.views import developers

app_name = "developers"
urlpatterns = [
    path("", developers.page, name="overview"),
    path("llms.txt", developers.for_machines, name="llms"),
    path("quanyi.zip", developers.client, name="client"),
    path("<slug:name>/", developers.page, name="page"),
]
