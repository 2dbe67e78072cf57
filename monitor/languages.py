"""The language of a text, by its script and its commonest words. Pure; needs no model and next to no time or memory.

Feeds and pages often do not say their language, and some say their template's. It decides about routes, filters and a
few rules of the matcher; so an unsure answer is none. Scripts that one language is written in tell it by themselves;
where several share a script, the words that no text of their language does without are counted.
benchmarks/languages.py measures it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from heapq import nlargest
from operator import itemgetter

SEEN = 2_000
"""Code points that are looked at: more changes nothing."""

FEWEST = 3
"""Common words that a language needs before it is believed in."""

LEAD = 1.3
"""How many times the next language's they must weigh; a word that n languages have weighs an nth."""

SYLLABLE = 3
"""Letters that one Chinese, Japanese or Korean character weighs beside Latin ones: names of firms stand in them."""

SURE = 8
"""Common words from which a text's own statement that it is in another language is not believed."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_BY_SCRIPT = {
    "GREEK": "el",
    "HEBREW": "he",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "THAI": "th",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "KHMER": "km",
    "MYANMAR": "my",
    "LAO": "lo",
    "AMHARIC": "am",
    "ETHIOPIC": "am",
}
"""Languages that news in a script are in, as good as always."""

_LETTERS = {
    "LATIN": {
        "cs": frozenset("ěřů"),
        "sk": frozenset("ľĺŕ"),
        "pl": frozenset("ąęłżźś"),
        "pt": frozenset("ãõ"),
        "es": frozenset("ñ"),
        "de": frozenset("ß"),
        "ro": frozenset("șțăţ"),
        "tr": frozenset("ğı"),
        "hu": frozenset("őű"),
        "lv": frozenset("āēīķļņģ"),
        "lt": frozenset("ėųį"),
        "vi": frozenset("ơưạảấầậắặếềệịọốồộớờợụủứừựỳ"),
    },
    "CYRILLIC": {
        "uk": frozenset("іїєґ"),
        "be": frozenset("ў"),
        "sr": frozenset("ђћџјљњ"),
        "mk": frozenset("ѓќѕ"),
        "kk": frozenset("әғқңөұүһ"),
        "ru": frozenset("ыэё"),
    },
    "ARABIC": {"fa": frozenset("پچژگی"), "ur": frozenset("ٹڈڑےںہ"), "ar": frozenset("ةىيك")},
}
"""Letters that one language of a script has and its neighbours have not: each word with one counts as a common word."""

_WORDS = {
    "en": "the of and to in is for on that with as was by at from it be are this has have an not which its were said "
    "will but they who after more new or their been he his about over than up out into would had",
    "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
    "hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum haben nur oder aber vor zur",
    "fr": "le la les de des du et en un une que est pour qui dans par plus pas au sur ne se ce il sont aux avec son "
    "été cette ont sa mais ses l d qu c s n elle deux être après leur entre aussi comme",
    "es": "el la los las de del y en un una que es por con para se no su al lo como más pero sus le ha este sobre "
    "entre cuando también fue había desde está hasta años según esta ser son",
    "pt": "o a os as de do da dos das e em um uma que é por com para não se na no ao mais foi como mas à seu sua ou "
    "pela pelo também até isso ele entre depois são está já ser têm sobre nas nos",
    "it": "il lo la i gli le di del della dei delle e in un una che è per con non si da al alla sono come più ha nel "
    "nella ma anche dal dalla ed questo suo stato dopo degli essere tra hanno sul",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er die als bij ook om door naar maar heeft over "
    "uit nog werd tot ze wordt worden hij was na geen dan hebben meer deze",
    "pl": "i w na z do się nie że to jest o od po za przez jak dla co ale oraz są był było który która które ze jego "
    "tym tego także przed może już tylko być został roku we",
    "cs": "a v na se je že z do o s to i k by pro ve za si ale od po jako jsou byl bylo který která které jeho podle "
    "také při nebo už při jen aby může být před mezi roce ze po",
    "sk": "a v na sa je že z do o s to aj k by pre vo za si ale od po ako sú bol bolo ktorý ktorá ktoré jeho podľa "
    "tiež pri alebo už len aby môže byť pred medzi roku zo",
    "sl": "in v na se je da z za so ki pa po o ne tudi bi ob kot iz pri ali do še bil bilo od ker med ter je pod "
    "lahko letu pred bo ni sta svoje sem kar njegov",
    "hr": "i u na se je da s za su koji koja koje od o ne bi kao iz ali do što nije bio bilo nakon također će sve "
    "već prema samo godine kako ili te može biti",
    "ro": "și în de la a cu pe că un o care din nu este pentru au mai ca sunt fost prin între după al ale sau dar "
    "fi fiind lui se va iar aceasta către",
    "hu": "a az és hogy nem is egy meg de ez volt el csak már még mint ki azt szerint lesz vagy után kell ami aki "
    "között ha pedig lehet majd nagyon ezt minden",
    "sv": "och i att det som en på är av för med den till inte om ett han har de var vid från men sig efter kan ska "
    "under nu också mot eller har skulle blev när",
    "da": "og i at det som en på er af for med den til ikke om et han har de var ved fra men sig efter kan skal under "
    "nu også mod eller blev når havde være",
    "no": "og i at det som en på er av for med den til ikke om et han har de var ved fra men seg etter kan skal under "
    "nå også mot eller ble når hadde være",
    "fi": "ja on ei se että oli hän mutta ovat myös kun joka tai niin sekä ole mukaan kuin jos vain sen ollut mitä "
    "jotka vielä nyt jo hänen olla voi jälkeen",
    "et": "ja on ei et see oli ta aga ka kui mis või oma ning ole kes siis selle olid pärast nii veel ainult juba "
    "tema olla võib poolt",
    "lv": "un ir ka no ar uz par kas tas bija nav arī kā pēc bet lai vai šī pie viņš gadā tika savu tikai jau var",
    "lt": "ir yra kad į iš su tai buvo ne bet apie po kaip už per dėl taip nuo jis iki jau tik kuris savo gali metų",
    "tr": "ve bir bu için ile da de ne olarak olan çok daha gibi kadar sonra ancak oldu en ise tarafından o mi var "
    "değil her şu ya yeni olduğunu göre",
    "id": "yang dan di dari untuk dengan ini itu pada tidak dalam akan adalah ke oleh juga telah sebagai karena "
    "mereka tersebut bisa ada saat lebih dia",
    "vi": "và của là có cho các được trong với một những không này đã người khi từ đến về ở ra cũng như tại vào",
    "sq": "dhe të në për me një që nga është si nuk ka më i e u do por edhe ky kjo janë se ishte",
    "az": "və bir bu ki üçün ilə da də olan edib olub isə daha həmin sonra kimi deyib tərəfindən",
    "ru": "и в не на что с по он как это за от к из для но его о у так же бы а при или после до также был было "
    "были она они мы который которые году уже",
    "uk": "і в не на що з по він як це за від до із для але його у та так же би при або після також був було були "
    "вона вони ми який які року вже про й є",
    "bg": "и в не на че с по той като това за от до из да се са е към но му при или след също беше който които "
    "година вече си ще със във тя те който",
    "mk": "и во не на дека со по тој како ова за од до да се е кон но му при или по исто беше кој кои година веќе си "
    "ќе таа тие ги го",
    "sr": "и у не на да са по он као ово за од до се је су ка али му при или после такође био који која године већ "
    "ће она они што",
    "be": "і ў не на што з па ён як гэта за ад да для але яго у так жа бы пры або пасля таксама быў было былі яна "
    "яны які якія годзе ўжо",
    "kk": "және бұл бар үшін бір да де мен деп болды осы қазақстан жылы туралы бойынша болып деді еді",
    "ar": "في من على إلى أن عن مع هذا هذه التي الذي كان بعد قد ما لا أو كما بين لم قال منذ خلال وقال عام كانت غير إن",
    "fa": "و در به از که این را با است برای آن یک خود تا بر هم شده می کرد شد نیز پس ها بود اما گفت سال",
    "ur": "کے میں کی ہے اور سے کا کو نے اس پر یہ کہ ہیں کہا نہیں تھا بھی گیا ایک لیے جو وہ",
}
"""Function words, as dictionaries of each language list them first."""


def identify(text: str) -> str:
    """The language of a text (ISO 639-1), "" when too little says so. One that is in several is in the commonest."""
    found, _ = _told(text)
    return found


def language_of(text: str, stated: str) -> str:
    """The language of a text that says it is in `stated` (BCP 47 or ""): that, unless its words clearly do not."""
    found, count = _told(text)
    if not stated:
        return found
    return found if count >= SURE and not _may_be(found, stated) else stated


def _may_be(found: str, stated: str) -> bool:
    """Serbs and Croats, Norwegians and Danes may say of each other's news that they are theirs."""
    said = stated.lower().partition("-")[0]
    return any({found, _SAME.get(said, said)} <= kin for kin in (*_KIN, {found}))


_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh", "bs": "hr", "sh": "hr", "mo": "ro"}
_KIN = (
    {"hr", "sr", "sl"},
    {"no", "da", "sv"},
    {"cs", "sk"},
    {"bg", "mk"},
    {"tr", "az"},
    {"hi", "mr", "ne"},
    {"id", "ms"},
)


def _told(text: str) -> tuple[str, int]:
    """The language, and how many words say so."""
    words = _WORD.findall(unicodedata.normalize("NFC", text[:SEEN]).casefold())
    scripts = Counter(unicodedata.name(word[0], "").partition(" ")[0] for word in words for _ in word)
    for script in {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"} & scripts.keys():
        scripts[script] *= SYLLABLE
    if not scripts:
        return "", 0
    script = scripts.most_common(1)[0][0]
    if script in ("CJK", "HIRAGANA", "KATAKANA"):
        kana = scripts["HIRAGANA"] + scripts["KATAKANA"] + _kana(text[:SEEN])
        return ("ja" if kana * 10 > scripts.total() else "zh"), scripts.total()
    if script in _BY_SCRIPT:
        return _BY_SCRIPT[script], len(words)
    said: Counter[str] = Counter()
    weight: defaultdict[str, float] = defaultdict(float)
    for word in words:
        speakers = _speakers().get(word.replace("’", "'"), ())
        marked = [language for language, letters in _LETTERS.get(script, {}).items() if not letters.isdisjoint(word)]
        for language in speakers:
            said[language] += 1
            weight[language] += 1 / len(speakers)
        for language in marked:
            said[language] += 1
            weight[language] += 1
    (first, most), (_, next_most) = (*nlargest(2, weight.items(), key=itemgetter(1)), ("", 0.0), ("", 0.0))[:2]
    if said[first] < FEWEST or most < LEAD * next_most:
        return "", 0
    return first, said[first]


def _kana(text: str) -> int:
    return sum("\u3040" <= c <= "\u30ff" for c in text)


@cache
def _speakers() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _WORDS.items():
        for word in dict.fromkeys(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found
