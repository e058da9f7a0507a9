"""Our processes. docker-compose.yml runs the same commands (a test compares them)."""

from collections.abc import Mapping

from devkit.place import VENV

WEB_WORKERS = 2


def commands(port: str) -> Mapping[str, list[str]]:
    """Name -> command, in the order in which they are started."""
    return {
        "web": web(f"127.0.0.1:{port}"),
        "worker": worker(),
        "upstream": upstream(),
        "webhooks": webhooks(),
        "sweeper": [_tool("python"), "manage.py", "sweeper"],
    }


def web(bind: str) -> list[str]:
    """Threads: with one request a process, two browsers that open a connection and say nothing
    yet would stop every shop. An event loop costs three times as much here.

    The code is loaded once and shared (preload); gunicorn's control socket would lie in the home
    of whoever starts it. No access log: an order page's address is half of its key. A request line
    may be as long as gunicorn allows: up to there our own page says what is too long.
    """
    return [
        *(_tool("gunicorn"), "config.wsgi:application", "--no-control-socket", "--preload"),
        *("--worker-class", "gthread", "--threads", "8"),
        *("--workers", str(WEB_WORKERS), "--bind", bind),
        *("--max-requests", "20000", "--max-requests-jitter", "2000"),
        *("--limit-request-line", "8190"),
    ]


def worker() -> list[str]:
    """Prefetch 1: a process takes a message when it can work on it, and hoards none."""
    return [
        *(_tool("celery"), "-A", "config", "worker", "-Q", "fast,bulk", "-c", "3"),
        *("--prefetch-multiplier", "1", "--without-gossip", "--without-mingle", "-l", "INFO"),
    ]


def upstream() -> list[str]:
    """Who speaks to suppliers waits nearly all of the time: threads, so that many slow suppliers do
    not need as many processes."""
    return [
        *(_tool("celery"), "-A", "config", "worker", "-Q", "upstream", "-P", "threads", "-c", "96"),
        *("--prefetch-multiplier", "1", "--without-gossip", "--without-mingle", "-l", "INFO"),
    ]


def webhooks() -> list[str]:
    """Who tells partners: apart from suppliers' hands, which are not to wait for somebody's server.
    `channels.services.webhooks.hands` counts on so many."""
    return [
        *(_tool("celery"), "-A", "config", "worker", "-Q", "webhooks", "-P", "threads", "-c", "64"),
        *("--prefetch-multiplier", "1", "--without-gossip", "--without-mingle", "-l", "INFO"),
    ]


def _tool(name: str) -> str:
    return str(VENV / "bin" / name)
