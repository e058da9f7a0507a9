"""The protocols of other platforms that a shop speaks, read from what answers them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.described.document import document
from api.doors import agiso, goofish, kasushou
from api.doors.base import DoorView
from channels.states import DoorRefusalKind
from core.errors import AppError

ORDER, LIST, BALANCE = "placeOrder", "listProducts", "getBalance"
# Which operation of the API does the same; empty: the protocol's own.
_SAME: Mapping[type[DoorView], Mapping[str, str]] = {
    kasushou.KasushouDoor: {
        "user/info": BALANCE,
        "goods/cate": "",
        "goods/list": LIST,
        "goods/info": "getProduct",
        "goods/attach": "getProduct",
        "goods/pricelog": "",
        "order/buy": ORDER,
        "order/info": "getOrder",
        "order/close": "cancelOrder",
        "order/complain": "requestRefund",
    },
    agiso.AgisoDoor: {
        "app/getAppId": "",
        "product/getList": LIST,
        "product/getTemplate": "getProduct",
        "product/subscribePriceNotify": "",
        "product/cancelSubscribePriceNotify": "",
        "order/createRecharge": ORDER,
        "order/createPurchase": ORDER,
        "order/get": "getOrder",
        "order/queryOrder": "getOrder",
        "order/cancelOrder": "cancelOrder",
        "order/cancel": "cancelOrder",
    },
    goofish.GoofishDoor: {
        "open/info": "",
        "platform/info": "",
        "user/info": BALANCE,
        "mch/info": BALANCE,
        "goods/list": LIST,
        "goods/detail": "getProduct",
        "goods/info": "getProduct",
        "goods/change/subscribe": "",
        "goods/change/unsubscribe": "",
        "goods/change/subscribe/list": "",
        "order/recharge/create": ORDER,
        "order/purchase/create": ORDER,
        "order/ticket/create": "",
        "order/detail": "getOrder",
        "order/info": "getOrder",
        "order/refund/apply": "cancelOrder",
        "order/refund/notify": "",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    path: str
    operation: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """`means`: our own codes that are told as this one."""

    code: int
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """`minutes`: how far its clock may be from ours."""

    minutes: int
    paths: tuple[Path, ...]
    codes: tuple[Code, ...]


def doors(*, language: str) -> dict[str, Door]:
    """Each by its kind, as `kasushou`."""
    summaries = {
        said["operationId"]: said["summary"]
        for methods in document(language=language)["paths"].values()
        for said in methods.values()
    }
    windows = {
        kasushou.KasushouDoor: kasushou.WINDOW,
        agiso.AgisoDoor: agiso.WINDOW,
        goofish.GoofishDoor: goofish.WINDOW,
    }
    return {
        str(view.kind.value): Door(
            minutes=round(windows[view].total_seconds() / 60),
            paths=tuple(_paths(view, summaries)),
            codes=tuple(_codes(view)),
        )
        for view in _SAME
    }


def _paths(view: type[DoorView], summaries: Mapping[str, str]) -> Iterator[Path]:
    for path in view.deeds:
        same = _SAME[view][path]
        yield Path(path=path, operation=same, summary=summaries.get(same, ""))


def _codes(view: type[DoorView]) -> Iterator[Code]:
    if view is kasushou.KasushouDoor:
        yield Code(code=kasushou.OK, means=())
        yield Code(code=kasushou.REFUSED, means=_names(kasushou.CERTAIN))
        yield Code(code=kasushou.UNKNOWN, means=())
        return
    said = agiso if view is agiso.AgisoDoor else goofish
    yield Code(code=said.OK, means=())
    for code in sorted(set(said.TURNED.values())):
        whys = [DoorRefusalKind(why) for why, given in said.TURNED.items() if given == code]
        yield Code(code=code, means=tuple(str(why.label) for why in whys))
    for kinds, code in said.CODES:
        yield Code(code=code, means=_names(kinds))
    yield Code(code=said.OTHERWISE, means=("order_no_taken",))
    yield Code(code=agiso.UNKNOWN if said is agiso else goofish.TIMED_OUT, means=())


def _names(kinds: Sequence[type[AppError]]) -> tuple[str, ...]:
    return tuple(kind.code for kind in kinds)
