from django.apps import AppConfig


class Config(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import celery, wiring  # noqa: F401, PLC0415 -- both need the app registry

        wiring.connect()
