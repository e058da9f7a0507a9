"""What places and networks are called: in the data, and by our words for it."""

from django.utils.translation import gettext_lazy as _

PROVINCES = {
    "北京": _("Beijing"), "天津": _("Tianjin"), "河北": _("Hebei"), "山西": _("Shanxi"),
    "内蒙古": _("Inner Mongolia"), "辽宁": _("Liaoning"), "吉林": _("Jilin"),
    "黑龙江": _("Heilongjiang"), "上海": _("Shanghai"), "江苏": _("Jiangsu"),
    "浙江": _("Zhejiang"), "安徽": _("Anhui"), "福建": _("Fujian"), "江西": _("Jiangxi"),
    "山东": _("Shandong"), "河南": _("Henan"), "湖北": _("Hubei"), "湖南": _("Hunan"),
    "广东": _("Guangdong"), "广西": _("Guangxi"), "海南": _("Hainan"), "重庆": _("Chongqing"),
    "四川": _("Sichuan"), "贵州": _("Guizhou"), "云南": _("Yunnan"), "西藏": _("Tibet"),
    "陕西": _("Shaanxi"), "甘肃": _("Gansu"), "青海": _("Qinghai"), "宁夏": _("Ningxia"),
    "新疆": _("Xinjiang"), "香港": _("Hong Kong"), "澳门": _("Macao"), "台湾": _("Taiwan"),
}  # fmt: skip
ISPS = {
    "电信": _("China Telecom"), "联通": _("China Unicom"), "移动": _("China Mobile"),
    "广电": _("China Broadnet"), "铁通": _("China Tietong"), "教育网": _("CERNET (universities)"),
    "科技网": _("CSTNET (research)"), "鹏博士": _("Dr. Peng"), "阿里云": _("Alibaba Cloud"),
    "阿里巴巴": _("Alibaba"), "腾讯": _("Tencent"), "腾讯云": _("Tencent Cloud"),
    "华为云": _("Huawei Cloud"), "百度": _("Baidu"), "世纪互联": _("21Vianet"),
    "网宿": _("Wangsu"), "亚马逊": _("Amazon"), "微软": _("Microsoft"), "谷歌": _("Google"),
}  # fmt: skip
# Machines are there, and hardly a buyer.
DATACENTERS = frozenset({
    "阿里云", "阿里巴巴", "腾讯", "腾讯云", "华为云", "百度", "百度云", "京东云", "金山云",
    "优刻得", "火山引擎", "天翼云", "移动云", "联通云", "世纪互联", "网宿", "互联优势", "阿卡迈",
    "亚马逊", "亚马逊云", "微软", "微软云", "谷歌", "谷歌云", "甲骨文", "甲骨文云", "SoftLayer",
    "Fastly", "StackPath", "Equinix", "Hurricane-Electric", "Cloudflare", "DigitalOcean", "Linode",
    "Vultr", "OVH", "Hetzner",
})  # fmt: skip
CARRIERS = {name: ISPS[name] for name in ("移动", "联通", "电信", "广电")}
COUNTRIES = {
    "中国": _("China"), "美国": _("United States"), "日本": _("Japan"), "韩国": _("South Korea"),
    "新加坡": _("Singapore"), "马来西亚": _("Malaysia"), "泰国": _("Thailand"),
    "越南": _("Vietnam"), "菲律宾": _("Philippines"), "印度尼西亚": _("Indonesia"),
    "柬埔寨": _("Cambodia"), "缅甸": _("Myanmar"), "老挝": _("Laos"), "印度": _("India"),
    "俄罗斯": _("Russia"), "英国": _("United Kingdom"), "德国": _("Germany"), "法国": _("France"),
    "荷兰": _("Netherlands"), "加拿大": _("Canada"), "澳大利亚": _("Australia"),
}  # fmt: skip
