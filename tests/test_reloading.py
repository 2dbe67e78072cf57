from pathlib import Path

from monitor.reloading import FileWatch


def test_a_change_counts_when_it_was_read_twice(tmp_path: Path) -> None:
    watched = tmp_path / "list.yaml"
    watched.write_text("watchlist: a\n")
    watch = FileWatch([tmp_path])
    assert not watch.changed()
    watched.write_text("watchlist: ab\n")
    assert not watch.changed(), "an editor may be in the middle of writing"
    assert watch.changed()
    assert not watch.changed(), "a change is told once"


def test_a_file_still_being_written_is_left_to_finish(tmp_path: Path) -> None:
    watched = tmp_path / "list.yaml"
    watched.write_text("a")
    watch = FileWatch([watched])
    watched.write_text("ab")
    assert not watch.changed()
    watched.write_text("abc")
    assert not watch.changed(), "the content moved on between two looks"
    assert watch.changed()


def test_files_that_come_and_go_are_changes(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a")
    watch = FileWatch([tmp_path, tmp_path / "named.yaml"])
    (tmp_path / "two.yaml").write_text("b")
    assert [watch.changed(), watch.changed()] == [False, True]
    (tmp_path / "one.yaml").unlink()
    assert [watch.changed(), watch.changed()] == [False, True]
    (tmp_path / "named.yaml").write_text("c")
    assert [watch.changed(), watch.changed()] == [False, True]


def test_touching_a_file_without_changing_it_is_no_change(tmp_path: Path) -> None:
    watched = tmp_path / "list.yaml"
    watched.write_text("same")
    watch = FileWatch([watched])
    watched.write_text("same")
    assert [watch.changed(), watch.changed()] == [False, False]


def test_an_edit_that_is_taken_back_is_no_change(tmp_path: Path) -> None:
    watched = tmp_path / "list.yaml"
    watched.write_text("good")
    watch = FileWatch([watched])
    watched.write_text("oops")
    assert not watch.changed()
    watched.write_text("good")
    assert [watch.changed(), watch.changed()] == [False, False]
