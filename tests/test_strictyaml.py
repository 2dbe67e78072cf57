from pathlib import Path

import pytest
from pydantic import Field

from monitor import strictyaml
from monitor.model.settings import Strict
from monitor.strictyaml import FileProblems


class Row(Strict):
    name: str
    countries: tuple[str, ...] = ()
    port: int = Field(25, ge=1)


class File(Strict):
    title: str
    rows: tuple[Row, ...] = ()


def read(tmp_path: Path, text: str | bytes) -> strictyaml.Document:
    path = tmp_path / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return strictyaml.load(path)


def problems(tmp_path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(FileProblems) as caught:
        strictyaml.validate(File, read(tmp_path, text))
    assert "\n" not in str(caught.value)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_only_true_and_false_are_booleans_and_dates_stay_text(tmp_path: Path) -> None:
    data = read(
        tmp_path, "a: [no, NO, yes, on, off, true]\nb: 2025-10-22\nc: 22:30\nd: 0x1F\ne: 010\nf: 3\ng: ~\n"
    ).data
    assert data == {
        "a": ["no", "NO", "yes", "on", "off", True],
        "b": "2025-10-22",
        "c": "22:30",
        "d": "0x1F",
        "e": "010",
        "f": 3,
        "g": None,
    }


def test_an_unknown_key_is_named_with_the_nearest_known_one_and_its_place(tmp_path: Path) -> None:
    text = "title: t\nrows:\n  - name: A\n    contries: [no]\n  - {nmae: B}\n"
    assert problems(tmp_path, text) == [
        "file.yaml:4:5: unknown key 'contries'; did you mean 'countries'?",
        "file.yaml:5:5: 'name' is missing here",
        "file.yaml:5:6: unknown key 'nmae'; did you mean 'name'?",
    ]


def test_a_value_that_does_not_fit_is_shown(tmp_path: Path) -> None:
    found = problems(tmp_path, "title: t\nrows:\n  - name: A\n    port: 0\n")
    assert found == ["file.yaml:4:11: port: Input should be greater than or equal to 1 (found 0)"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: a\ntitle: b\n", "file.yaml:2:1: the key 'title' stands here again (first on line 1)"),
        ("title: [a\nrows: []\n", "file.yaml:2:"),
        ("title:\n\t- a\n", "file.yaml:2:1: a tab"),
        (b"title: \xff\n", "file.yaml:1:1: byte 0xff is not UTF-8"),
        ("title: a\n\x00b\n", "file.yaml:2:1: the character U+0000"),
        ("title: !!python/object/apply:os.system [id]\n", "file.yaml:1:8: could not determine a constructor"),
        ("a: " + "[" * 100_000, "file.yaml: nested more than 50 levels"),
        ("- " * 100_000 + "a", "file.yaml: nested more than 50 levels"),
    ],
)
def test_what_is_no_yaml_is_one_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert problems(tmp_path, text)[0].startswith(said)


def test_an_alias_bomb_is_refused_before_it_is_built(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "aliases" in problems(tmp_path, "\n".join(lines))[0]


def test_ordinary_anchors_work(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x [1, 2]\nb: *x\n").data == {"a": [1, 2], "b": [1, 2]}


def test_a_missing_file_and_a_byte_order_mark(tmp_path: Path) -> None:
    with pytest.raises(FileProblems, match="no such file"):
        strictyaml.load(tmp_path / "none.yaml")
    assert read(tmp_path, b"\xef\xbb\xbftitle: t\n").data == {"title": "t"}


@pytest.mark.parametrize("text", ["watchlist: [", "watchlist: {a", 'watchlist: "a', "a: *"])
def test_a_file_that_ends_too_early_is_told_with_its_place(text: str) -> None:
    with pytest.raises(FileProblems, match=r"list\.yaml:\d+:\d+: "):
        strictyaml.parse(Path("list.yaml"), text)
