from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.htmltext import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Ros<b>neft</b> PJSC</p><p>said on&nbsp;Monday</p>", "Rosneft PJSC\nsaid on Monday"),
        ("Crude <br> exports<hr/>rose", "Crude\nexports\nrose"),
        ("<ul><li>Rosneft<li>Lukoil</ul>", "Rosneft\nLukoil"),
        ("<tr><td>Rosneft</td><td>Lukoil</td></tr>", "Rosneft Lukoil"),
        ("AT&amp;T &#x41b;&#1091;койл &lt;up&gt;", "AT&T Лукойл <up>"),
        ("<p title='a > b'>one</p>", "one"),
        ("<![CDATA[ Lukoil <b>PJSC</b> ]]>", "Lukoil PJSC"),
        ("before<!-- Rosneft -->after", "beforeafter"),
        ("<!DOCTYPE html><html><head><title>Oil</title></head><body>News", "Oil\nNews"),
        ("one<script>if (a<b) alert('Rosneft')</script>two<STYLE>p{}</STYLE >three", "onetwothree"),
        ("<svg><title>Rosneft logo</title></svg>Lukoil", "Lukoil"),
        ("<o:p>Office</o:p> <x-card>custom</x-card>", "Office custom"),
        ("\n  Plain\ttext \r\n of two lines ", "Plain text of two lines"),
        ("", ""),
    ],
)
def test_html_becomes_the_text_that_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shares < 5 & rising > 3", "Shares < 5 & rising > 3"),
        ("Sanctions: <Rosneft>, <Lukoil> named", "Sanctions: <Rosneft>, <Lukoil> named"),
        ("Rosneft <b sues, a court's clerk said", "Rosneft <b sues, a court's clerk said"),
        ("<script>never closed, then Rosneft", "never closed, then Rosneft"),
        ("<!-- never closed, then Rosneft", "<!-- never closed, then Rosneft"),
        ('<a href="never closed>Rosneft</a>', "Rosneft"),
        ("a &#" + "9" * 5000 + "; b", "a b"),
        ("Ros\x00neft\ud800 \x1e&#30;&#xD800;", "Ros neft �"),
    ],
)
def test_nothing_that_may_be_text_is_lost_to_broken_markup(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@given(st.text())
def test_escaped_text_comes_back_but_for_white_space_and_unprintables(text: str) -> None:
    kept = "".join(" " if c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" else c for c in text)
    assert plain_text(escape(text)).split() == kept.replace("]]>", "").split()


@given(st.lists(st.sampled_from([*"<>/=!-'\" &;#a", "<script>", "</script", "<!--", "-->", "<![CDATA[", "]]>", "<p "])))
def test_any_markup_is_survived_with_its_output_printable(tokens: list[str]) -> None:
    text = plain_text("".join(tokens))
    assert text == "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


@pytest.mark.parametrize(
    "token",
    ["<!--", "<a ", "<a '", '<a ="', "<script>", "</script", "<![CDATA[", "<", "</", "&#", "<svg", "<a =\" =' ", "<?"],
)
@pytest.mark.parametrize("before", ["", "<script>"])
@pytest.mark.timeout(30)
def test_a_document_made_to_be_slow_is_read_at_once(before: str, token: str) -> None:
    plain_text(before + token * 150_000)  # 0.2 s; minutes if anything were looked for over and over
