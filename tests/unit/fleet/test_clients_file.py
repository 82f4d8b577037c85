"""The list of PCs: what is wrong is said with its line, and then nothing is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from notesfleet.errors import InputError
from notesfleet.fleet.clients_file import PcRow, read_clients_file


@pytest.mark.parametrize(
    "content",
    [
        b"pc,address,site\nPC1,10.0.0.1,Lyon\n",
        b"\xef\xbb\xbfpc;address;site\r\nPC1;10.0.0.1;Lyon\r\n",
        b'Site,PC,Address\n\n"Lyon",PC1 , 10.0.0.1\n',
    ],
    ids=["commas", "byte order mark, semicolons, CRLF", "other order of columns, quotes, blank line"],
)
def test_the_forms_that_spreadsheets_write_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pcs.csv").write_bytes(content)
    assert read_clients_file(tmp_path / "pcs.csv") == [PcRow("pc1", "10.0.0.1", "Lyon")]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "pc,address,site"),
        (b"name,address,site\npc1,a,b\n", 1, "no column pc"),
        (b"pc,address,site,extra\npc1,a,b,c\n", 1, "pc,address,site"),
        (b"pc,address,site\npc1,a\n", 2, "it has 2 fields"),
        (b"pc,address,site\npc1,a,s\nPC1,b,s\n", 3, "pc1 is in line 2 already"),
        (b"pc,address,site\npc 1,a,s\n", 2, "a computer name"),
        (b"pc,address,site\npc1,,s\n", 2, "an IP address"),
        (b'pc,address,site\npc1,a,"s\n', 2, "quotes must be closed"),
        (b"pc,address,site\npc1,a,\xe9\n", 2, "UTF-8"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    file = tmp_path / "pcs.csv"
    file.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_clients_file(file)
    assert str(error.value).startswith(f"{file}:{line}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_all_wrong_lines_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "pcs.csv"
    file.write_text("pc,address,site\n!,a,s\npc2,?,s\n")
    with pytest.raises(InputError) as error:
        read_clients_file(file)
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3"]
