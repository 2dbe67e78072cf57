import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.charsets import decode

RUSSIAN = "Роснефть и Лукойл попали под санкции, сообщил Минфин США в среду вечером."
CHINESE = "俄罗斯石油公司和卢克石油公司被列入制裁名单，美国财政部周三宣布。"
JAPANESE = "ロスネフチとルクオイルが制裁対象に指定された。"


@pytest.mark.parametrize(
    ("body", "labels", "text"),
    [
        (RUSSIAN.encode(), [], RUSSIAN),
        (RUSSIAN.encode(), ["windows-1251", "koi8-r"], RUSSIAN),
        (RUSSIAN.encode("utf-8-sig"), ["windows-1251"], RUSSIAN),
        (RUSSIAN.encode("utf-16"), ["utf-8"], RUSSIAN),
        (RUSSIAN.encode("utf-32"), [], RUSSIAN),
        (f"<p>{RUSSIAN}".encode("utf-16-le"), [], f"<p>{RUSSIAN}"),
        (RUSSIAN.encode("koi8-r"), ["koi8-r"], RUSSIAN),
        (RUSSIAN.encode("windows-1251"), ["utf-8", "windows-1251"], RUSSIAN),
        (RUSSIAN.encode("windows-1251"), ["utf-8"], RUSSIAN),
        (RUSSIAN.encode("windows-1251"), ["no-such-charset", "unicode_escape", "rot13", "a\0b"], RUSSIAN),
        (CHINESE.encode("gb18030"), ["gb2312"], CHINESE),
        (JAPANESE.encode("iso2022_jp"), ["iso-2022-jp"], JAPANESE),
        ("“Oil” — £5".encode("cp1252"), ["iso-8859-1"], "“Oil” — £5"),
        (b"", ["utf-8"], ""),
    ],
)
def test_the_bytes_are_believed_before_the_labels(body: bytes, labels: list[str], text: str) -> None:
    assert decode(body, labels) == text


def test_one_bad_byte_spoils_one_character() -> None:
    body = RUSSIAN.encode().replace(b" ", b"\xff ", 1)
    assert decode(body, ["utf-8"]) == RUSSIAN.replace(" ", "\ufffd ", 1)


@given(st.binary(max_size=400), st.lists(st.text(max_size=20), max_size=3))
def test_any_bytes_under_any_name_become_text(body: bytes, labels: list[str]) -> None:
    assert isinstance(decode(body, labels), str)
