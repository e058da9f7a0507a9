from core.errors import AppError


class TooManyExports(AppError):
    code = "too_many_exports"
    status = 429


class ExportNotReady(AppError):
    code = "export_not_ready"


class ExportGone(AppError):
    code = "export_gone"
    status = 410


class TooManyRows(AppError):
    code = "too_many_rows"


class TooManySchedules(AppError):
    code = "too_many_schedules"
