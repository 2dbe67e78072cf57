from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import strictyaml
from monitor.errors import ConfigError, UsageError
from monitor.watchlists import editing, yaml_list
from monitor.watchlists.editing import Addition

PATH = Path("harbour.yaml")

LIST = """\
# our harbour, kept by the desk
watchlist: harbour   # the id
defaults: {severity: high}
entities:
  # ── ships ──
  - id: neptun
    type: vessel
    name: Neptun Trader   # as painted
    aliases: [NEPTUN, "Neptun, Trader"]
    notes: >-
      Seen off Port Ellery,
      twice.

  # ── firms ──
  - name: Kestrel Holdings
    aliases:
      - Kestrel Group   # until 2019
      - Кестрел
    # nothing else is known

# the end
"""


def names(text: str) -> dict[str, list[str]]:
    document = strictyaml.parse(PATH, text)
    read = yaml_list.to_watchlist(yaml_list.parse(document), document)
    return {entity.id: [f"{name.text}/{name.kind}" for name in entity.names] for entity in read.entities}


def test_an_entity_is_added_at_the_end_and_every_other_line_stays() -> None:
    wanted = Addition(
        "Tobias Adeyemi", aliases=("ADEYEMI, Tobias",), scalars=(("type", "person"), ("notes", "new: yes"))
    )
    changed = editing.add(PATH, LIST, wanted)
    lines, before = changed.splitlines(), LIST.splitlines()
    at = lines.index("  - id: tobias-adeyemi")
    assert lines[at : at + 5] == [
        "  - id: tobias-adeyemi",
        "    type: person",
        "    name: Tobias Adeyemi",
        '    aliases: ["ADEYEMI, Tobias"]',
        '    notes: "new: yes"',
    ]
    assert lines[at - 1] == ""  # entities stand apart in this file
    assert lines[: at - 1] + lines[at + 5 :] == before
    assert names(changed)["tobias-adeyemi"] == ["Tobias Adeyemi/primary", "ADEYEMI, Tobias/alias"]


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (Addition("Neptun Trader", aliases=("Нептун",)), '    aliases: [NEPTUN, "Neptun, Trader", Нептун]'),
        (Addition("Kestrel Holdings", aliases=("Kestrel: Ltd",)), '      - "Kestrel: Ltd"'),
        (Addition("any", id="kestrel-holdings", weak_aliases=("KH",)), "    weak_aliases: [KH]"),
        (Addition("KESTREL HOLDINGS", aliases=("Kestrel Group", "K H")), "      - K H"),
    ],
)
def test_names_are_added_to_who_is_there(wanted: Addition, line: str) -> None:
    changed = editing.add(PATH, LIST, wanted)
    added = [text for text in changed.splitlines() if text not in LIST.splitlines()]
    assert added == [line]
    assert len(names(changed)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "watchlist: harbour\nentities: [{name: Kestrel}]\n",
        "watchlist: harbour\nentities: [\n  {name: Kestrel, aliases: [K]},  # one\n]\n",
        "watchlist: harbour\nentities:\n- name: Kestrel\n",
        "watchlist: harbour\nentities:\n- name: Kestrel",
        "watchlist: harbour\r\nentities:\r\n  - name: Kestrel\r\n    aliases: K\r\n",
        "watchlist: harbour\nentities:\n  - {name: Kestrel}\ntitle: Harbour\n",
        '{"watchlist": "harbour", "entities": [{"name": "Kestrel"}]}',
    ],
)
def test_other_layouts(text: str) -> None:
    changed = editing.add(PATH, text, Addition("Neptun", aliases=("N, T",)))
    assert names(changed).keys() == {"kestrel", "neptun"}
    assert ("\r\n" in changed) == ("\r\n" in text)
    assert changed.count("\n") - changed.count("\r\n") == 0 or "\r\n" not in text
    further = editing.add(PATH, changed, Addition("Kestrel", aliases=("Kestrel Group",)))
    assert "Kestrel Group/alias" in names(further)["kestrel"]


@pytest.mark.parametrize("start", ["entities:", "entities: []", "entities: null"])
def test_the_first_entity_of_an_empty_list(start: str) -> None:
    changed = editing.add(PATH, f"watchlist: harbour\n{start}\n", Addition("Neptun"))
    assert names(changed) == {"neptun": ["Neptun/primary"]}
    assert names(editing.new_file(PATH, Addition("Neptun"))) == {"neptun": ["Neptun/primary"]}


def test_what_cannot_be_added_is_said() -> None:
    with pytest.raises(UsageError, match="neptun stands there already, with these names"):
        editing.add(PATH, LIST, Addition("Neptun Trader", aliases=("NEPTUN",)))
    with pytest.raises(UsageError, match="official list's file"):
        editing.add(PATH, "watchlist: un\nsource: un\n# entities: 1\n", Addition("Neptun"))
    with pytest.raises(ConfigError, match=r"harbour\.yaml:3"):
        editing.add(PATH, "watchlist: [\nentities:\n - name: x\n", Addition("Neptun"))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_every_name_comes_back_as_it_was_typed(name: str) -> None:
    document = strictyaml.parse(PATH, f"a: {editing.scalar(name)}\nb: [{editing.scalar(name)}, x]\n")
    assert document.data == {"a": name, "b": [name, "x"]}
