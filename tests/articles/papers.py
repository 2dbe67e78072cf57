"""Newspaper pages of our own writing: an article among everything that newspapers put around one.

Every name in capitals at the edges (Edge Menu, Edge Advert …) stands where no reader would look for the article.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

ENGLISH = (
    "Refinery sale stalls as sanctions bite",
    "The sale of a refinery on the Black Sea has stalled, three people with knowledge of the talks said on Tuesday, "
    "after banks refused to move money for Lukoil PJSC, which owns the plant together with a local partner.",
    "The buyers had hoped to close by the end of the month. “Nobody wants to be the last one holding the paper,” said "
    "one of the people, who asked not to be named because the talks are private.",
    "Rosneft, the largest Russian producer, faces the same question in Germany, where its stakes in three refineries "
    "have been under the control of a trustee since 2022. The ministry in Berlin declined to comment.",
    "Analysts expect the discount on Urals crude to widen again. Freight rates for the route to India rose by a tenth "
    "within a week, according to two shipbrokers.",
)
RUSSIAN = (
    "Лукойл ищет покупателя на завод в Бургасе",
    "Компания «Лукойл» ведёт переговоры о продаже нефтеперерабатывающего завода в Болгарии, сообщили два собеседника, "
    "знакомых с ходом переговоров. Сделка может быть закрыта до конца года, если её одобрит регулятор.",
    "Роснефть, по словам источника в правительстве, пока не намерена продавать свои доли в немецких заводах. "
    "Представитель министерства от комментариев отказался.",
    "Аналитики полагают, что скидка на нефть марки Urals в ближайшие недели вырастет. Стоимость фрахта до портов Индии "
    "за неделю поднялась примерно на десять процентов.",
)
ARABIC = (
    "شركة لوك أويل تبحث عن مشتر لمصفاتها",
    "قالت ثلاثة مصادر مطلعة إن شركة لوك أويل الروسية تجري محادثات لبيع مصفاة النفط التي تملكها على البحر الأسود، وذلك "
    "بعد أن رفضت البنوك تحويل الأموال إليها منذ فرض العقوبات الأخيرة.",
    "وأضافت المصادر أن شركة روسنفت لا تعتزم في الوقت الحالي بيع حصصها في المصافي الألمانية، وامتنعت الوزارة في برلين "
    "عن التعليق على هذه الأنباء عندما سئلت عنها يوم الثلاثاء.",
    "ويتوقع محللون أن تتسع الخصومات على النفط الروسي خلال الأسابيع المقبلة مع ارتفاع أجور الشحن إلى الموانئ الهندية.",
)
CHINESE = (
    "卢克石油公司寻求出售炼油厂",
    "三名知情人士周二表示，俄罗斯卢克石油公司正就出售其位于黑海沿岸的一座炼油厂进行谈判，此前多家银行在最新制裁生效后拒绝为该公司办理转账业务，"
    "买方原本希望在本月底之前完成交易，如今谈判已经陷入停滞。",
    "一名政府消息人士称，俄罗斯石油公司目前无意出售其在德国炼油厂的股份。柏林的主管部门拒绝就此事置评，只表示受托管理的安排将会延续到明年年底。",
    "分析师预计，未来几周俄罗斯原油的折价将进一步扩大。两名船舶经纪人说，运往印度港口的运费在一周之内上涨了大约一成，保险费用也随之上升。",
)

EDGES = (
    "Edge Menu", "Edge Footer", "Edge Advert", "Edge Related", "Edge Author", "Edge Comment", "Edge Newsletter",
    "Edge Trending", "Edge Crumb",
)  # fmt: skip


def newspaper(article: Sequence[str], *, lang: str = "en", head: str = "", attributes: str = "") -> str:
    title, *paragraphs = article
    advert = (
        '<div class="advertisement" aria-label="Advertisement"><span>Advertisement</span>'
        '<a href="/ad">Edge Advert bank: savings that sail</a></div>'
    )
    body = f"\n{advert}\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    menu = "".join(
        f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(("World", "Markets", "Edge Menu", "Sport") * 8)
    )
    related = "".join(
        f'<li><a href="/r{n}"><h3>Edge Related scandal number {n}</h3></a><span>2 hours ago</span></li>'
        for n in range(6)
    )
    return f"""<!doctype html>
<html lang="{lang}"{attributes}><head><meta charset="utf-8">{head}
<title>{escape(title)} | The Harbour Post</title><meta property="og:title" content="{escape(title)}">
<script>var page = {{"kw": ["Edge Advert"]}};</script><style>.ad {{ color: red }}</style></head>
<body><header class="site-header"><a href="/">The Harbour Post</a><nav><ul>{menu}</ul></nav></header>
<div class="breadcrumb"><a href="/">Home</a> / <a href="/w">Edge Crumb</a></div>
<main><article class="article"><h1>{escape(title)}</h1>
<div class="byline">By A. Reporter, 25 Nov 2026</div>
<figure><img src="/p.jpg" alt=""><figcaption>The port at dusk.</figcaption></figure>
<div class="article-body">
{body}
</div></article>
<div class="author-bio"><h4>About the author</h4><p>Edge Author has covered shipping for ten years.</p></div>
<div class="newsletter-signup"><p>Get Edge Newsletter in your inbox every morning. Sign up here.</p></div>
<section class="related-articles"><h2>More on this</h2><ul>{related}</ul></section>
<section id="comments" class="comments"><h2>2 comments</h2><div class="comment"><b>reader7</b>
<p>I always said that Edge Comment was behind all of it, and nobody would listen to me then.</p></div></section></main>
<aside class="sidebar"><h2>Most read</h2><ol><li><a href="/t">Edge Trending buys an island in the south</a></li></ol>
</aside><footer><ul><li><a href="/about">About Edge Footer</a></li></ul><p>© The Harbour Post, Edge Footer Ltd</p>
</footer></body></html>"""
