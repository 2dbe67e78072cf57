from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.decode import decode, mend

RUSSIAN = "Роснефть продала «Северный» терминал"
NEWS = f"<rss version='2.0'><channel><item><title>{RUSSIAN}</title></item></channel></rss>"


def document(charset: str, text: str = NEWS) -> bytes:
    return f'<?xml version="1.0" encoding="{charset}"?>{text}'.encode(charset)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (document("utf-8"), ""),
        (document("windows-1251"), "text/xml"),
        (document("koi8-r", NEWS.replace("«", "").replace("»", "")), "application/xml"),
        (NEWS.encode("cp1251"), 'text/xml; charset="Windows-1251"'),
        (codecs.BOM_UTF8 + document("utf-8"), "text/xml; charset=windows-1251"),
        (NEWS.encode("utf-16"), ""),
        (codecs.BOM_UTF16_BE + NEWS.encode("utf-16-be"), "text/xml; charset=utf-8"),
        (NEWS.encode("utf-16-le"), ""),
        (NEWS.encode("utf-16-be"), ""),
        (NEWS.encode("utf-32-le"), ""),
        (document("utf-8"), "text/xml; charset=iso-8859-1"),
        (document("utf-8").replace(b"utf-8", b"windows-1251"), ""),
        (document("windows-1251"), "text/xml; charset=utf-8"),
        (document("windows-1251").replace(b"windows-1251", b"no-such-thing"), ""),
        (document("windows-1251").replace(b"windows-1251", b"unicode_escape"), ""),
        (document("windows-1251").replace(b"windows-1251", b"rot13"), ""),
    ],
)
def test_the_bytes_are_believed_before_the_labels(body: bytes, content_type: str) -> None:
    assert RUSSIAN.replace("«", "").replace("»", "") in decode(body, content_type).replace("«", "").replace("»", "")


def test_one_bad_byte_costs_one_character() -> None:
    body = document("utf-8").replace("терминал".encode(), b"\xd1 " + "терминал".encode())
    assert "Роснефть продала «Северный» \ufffd терминал" in decode(body, "text/xml; charset=utf-8")


def test_undeclared_bytes_are_guessed_from_the_letters() -> None:
    assert RUSSIAN in decode(("<rss>" + RUSSIAN * 5 + "</rss>").encode("cp1251"))


@pytest.mark.parametrize(
    ("charset", "label", "text"),
    [
        ("cp1252", "iso-8859-1", "“Société Générale” – €5"),
        ("gb18030", "gb2312", "中国石油天然气集团公司与俄罗斯石油公司签约镕"),
        ("cp932", "shift_jis", "①ロスネフチ社"),
        ("iso2022_jp", "iso-2022-jp", "ロスネフチ"),
        ("cp949", "euc-kr", "로스네프트 똠"),
        ("big5", "big5", "俄羅斯石油公司"),
    ],
)
def test_labels_mean_what_publishers_mean_by_them(charset: str, label: str, text: str) -> None:
    assert text in decode(f'<?xml version="1.0" encoding="{label}"?><rss>{text}</rss>'.encode(charset))


def test_what_xml_forbids_is_made_lawful() -> None:
    assert mend(
        "\n<?xml version='1.0' encoding='x'?>\n<a>R&D &nbsp;&eacute; &#0;&#xD800; &bogus; \x0b &amp;&lt;</a>"
    ) == ("\n<a>R&amp;D \xa0é    &amp;bogus;   &amp;&lt;</a>")
    assert mend("<a href='?x=1&copy=2'/>") == "<a href='?x=1&amp;copy=2'/>"


def test_cdata_is_left_alone() -> None:
    assert mend("<a><![CDATA[R&D &nbsp; <b>]]>&<![CDATA[never closed &") == (
        "<a><![CDATA[R&D &nbsp; <b>]]>&amp;<![CDATA[never closed &amp;"
    )


@pytest.mark.parametrize(
    "before", ["", "<br />\n<b>Warning</b>: x in <b>y.php</b>\n", "\n\n  ", "\ufeff", "<!-- a > b -->"]
)
def test_what_stands_before_the_feed_is_dropped(before: str) -> None:
    assert mend(before + '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss/> ').endswith("<rss/> ")
    assert mend(before + '<?xml version="1.0"?><rss version="2.0"></rss>').startswith("<rss version")


@given(
    st.binary(max_size=300),
    st.text(max_size=40),
    st.sampled_from(["", "charset=utf-8", "charset=koi8-r", "charset=hz"]),
)
def test_any_bytes_become_text_that_can_be_written(body: bytes, label: str, content_type: str) -> None:
    for document in (body, f'<?xml encoding="{label}"?>'.encode("utf-8", "replace") + body):
        mend(decode(document, content_type)).encode("utf-8")
