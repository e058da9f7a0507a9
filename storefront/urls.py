from django.urls import path

from storefront.views import accounts, balances, checkout, files, finding, orders, shelf

app_name = "storefront"
urlpatterns = [
    path("", shelf.home, name="home"),
    path("c/<int:category_id>/", shelf.category, name="category"),
    path("search/", shelf.search, name="search"),
    path("p/<str:ref>/", checkout.product, name="product"),
    path("p/<str:ref>/account/", accounts.account, name="account"),
    path("o/<str:token>/", orders.order, name="order"),
    path("o/<str:token>/pay/", checkout.pay, name="pay"),
    path("o/<str:token>/cancel/", orders.give_up, name="give_up"),
    path("o/<str:token>/live/", orders.live, name="live"),
    path("o/<str:token>/codes/", orders.codes, name="codes"),
    path("o/<str:token>/codes.txt", orders.codes_file, name="codes_file"),
    path("o/<str:token>/help/", orders.complain, name="complain"),
    path("o/<str:token>/help/<str:ref>/", orders.say, name="say"),
    path("orders/", orders.mine, name="mine"),
    path("orders/find/", finding.find, name="lookup"),
    path("orders/forget/", orders.forget, name="forget"),
    path("balance/<str:token>/", balances.balance, name="balance"),
    path("balance/<str:token>/live/", balances.balance_live, name="balance_live"),
    path("pay/notice/<str:provider>/", checkout.notice, name="notice"),
    path("sandbox/pay/<str:token>/", checkout.bank, name="bank"),
    path("language/<str:code>/", files.language, name="language"),
    path("theme.css", files.theme_css, name="theme"),
    path("icon.svg", files.icon_svg, name="icon"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("manifest.webmanifest", files.manifest, name="manifest"),
    path("media/<str:hash>", files.media, name="media"),
]
