from django.urls import path

from api.doors.agiso import AgisoDoor
from api.doors.goofish import GoofishDoor
from api.doors.kasushou import KasushouDoor

app_name = "doors"
urlpatterns = [
    path("agisoAcprSupplierApi/<path:path>", AgisoDoor.as_view(), name="agiso"),
    path("goofish/<path:path>", GoofishDoor.as_view(), name="goofish"),
    path("api/v1/<path:path>", KasushouDoor.as_view(), name="kasushou"),
]
