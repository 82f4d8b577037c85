"""The runner's pure parts give the same as Python's, for anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from powershell import PowerShell, ScriptFailed

from notesfleet.actions.names import folded
from notesfleet.audit.notes_ini import NotesIni, encode
from notesfleet.audit.replicator_item import PageEntry, page_item
from notesfleet.canonical import canonical_text
from notesfleet.errors import ActionFailure, JournalDamaged
from notesfleet.orders.journal import read_journal, seal

texts = st.text(max_size=20).filter(lambda text: not text.startswith("/Date("))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
several = settings(max_examples=25, deadline=None)


OTHER_SIGNS = """
$culture = [System.Globalization.CultureInfo]::InvariantCulture.Clone()
$culture.NumberFormat.NegativeSign = '~'
$culture.NumberFormat.NumberDecimalSeparator = ','
$culture.DateTimeFormat.TimeSeparator = '.'
[System.Threading.Thread]::CurrentThread.CurrentCulture = $culture
"""


@pytest.fixture(params=[False, True], ids=["invariant", "other_signs"], scope="module")
def shell(request: pytest.FixtureRequest, powershell: PowerShell) -> Iterator[PowerShell]:
    """PowerShell, also in a culture that writes numbers and times otherwise."""
    if request.param:
        powershell.evaluate(OTHER_SIGNS)
    yield powershell
    powershell.evaluate(
        "[System.Threading.Thread]::CurrentThread.CurrentCulture = [System.Globalization.CultureInfo]::InvariantCulture"
    )


def test_a_moment_is_written_alike(shell: PowerShell) -> None:
    script = "Format-Moment (ConvertFrom-MomentText $Value)"
    assert shell.evaluate(script, "2026-11-26T08:05:00Z") == "2026-11-26T08:05:00Z"


@several
@example([{"\U00010000": None, "\ue000": None, "\ud800": None, "\ud800\ue000": None, "z": None}])
@given(st.lists(values, max_size=20))
def test_canonical_text_is_the_same(shell: PowerShell, several_values: list[Any]) -> None:
    found = shell.evaluate("@{ all = @(foreach ($v in $Value) { ConvertTo-CanonicalText $v }) }", several_values)
    assert found["all"] == [canonical_text(value) for value in several_values]


@pytest.mark.parametrize("value", ["'/Date(0)/'", "1.5", "([long]9007199254740993)", "(Get-Date)"])
def test_what_has_no_canonical_text_is_refused(powershell: PowerShell, value: str) -> None:
    with pytest.raises(ScriptFailed, match="unreadable"):
        powershell.evaluate(f"ConvertTo-CanonicalText {value}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"a":1,}',
        "01",
        "1.0",
        "1e3",
        '"\\x"',
        "nul",
        "[1] 2",
        "{a:1}",
        "'a'",
        "[1 2]",
        "[,1]",
        "{,}",
        '{"a" 1}',
        '{"a":}',
        '{"a"}',
        '{"a":1 "b":2}',
        '{"a":1,,"b":2}',
        '["a":1]',
        '{"a":"b":1}',
        "[1}",
        '{"a":1]',
        "}",
        ",",
        ":",
        "[1],",
        '"a":1',
        "1 2",
        "[[1]",
        "\u00a01",
        "[" * 60 + "]" * 60,
    ],
)
def test_what_is_not_strict_json_is_refused(powershell: PowerShell, text: str) -> None:
    with pytest.raises(ScriptFailed, match="bad_order"):
        powershell.evaluate("(ConvertFrom-StrictJson $Value).Value", text)


def test_a_date_in_json_stays_a_text_and_keys_keep_their_case(powershell: PowerShell) -> None:
    text = '{"A": "2026-11-26T08:00:00Z", "a": [1], "": []}'
    found = powershell.evaluate("(ConvertFrom-StrictJson $Value).Value", text)
    assert found == {"A": "2026-11-26T08:00:00Z", "a": [1], "": []}


def journal_of(count: int) -> list[bytes]:
    digits, lines = "", []
    for number in range(count):
        digits, line = seal(digits, {"k": "saw", "a": number, "t": "2026-11-26T08:00:00Z", "saw": {"text": "\u00e9\n"}})
        lines.append(line)
    return lines


def read_by_python(data: bytes) -> Any:
    try:
        journal = read_journal(data)
    except JournalDamaged:
        return "journal_damaged"
    return [len(journal.records), journal.digits, journal.lacks_newline]


READ_JOURNAL = """
try { $j = Read-Journal ([System.Convert]::FromBase64String($Value)) } catch { return ([string]$_).Split(':')[0] }
, @($j.Records.Count, $j.Digits, $j.LacksNewline)
"""


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 6),
    st.lists(st.tuples(st.sampled_from("dcist"), st.integers(0, 6), st.binary(max_size=30)), max_size=3),
)
def test_a_torn_or_damaged_journal_is_read_alike(
    powershell: PowerShell, count: int, harms: list[tuple[str, int, bytes]]
) -> None:
    """d: a line is gone; c: cut; i: something put in; s: a byte spoilt; t: a line twice."""
    lines = journal_of(count)
    for harm, at, extra in harms:
        if at >= len(lines) or not lines[at]:
            continue
        changed = {"d": [], "c": [lines[at][: len(extra)]], "i": [extra, lines[at]], "t": [lines[at]] * 2}
        spoilt = bytes([lines[at][0] ^ 1]) + lines[at][1:]
        lines[at : at + 1] = changed.get(harm, [spoilt])
    data = b"".join(lines)
    if data.isascii():
        assert powershell.evaluate(READ_JOURNAL, base64.b64encode(data).decode()) == read_by_python(data)


ini_line = st.one_of(
    st.tuples(
        st.sampled_from(["Fleet", " window ", "WINDOW", "Titel\u00df"]),
        st.just("="),
        st.text("ab \u00e9=", max_size=4),
    ).map("".join),
    st.sampled_from(["", "no sign", "; Window=9", "[Other]", " [notes] ", "=x"]),
)
inis = st.tuples(
    st.lists(st.tuples(ini_line, st.sampled_from(["\r\n", "\n", "\r"])).map("".join), max_size=8), ini_line
).map(lambda parts: "".join([*parts[0], parts[1]]))
SET_AND_RESTORE = """
$data = [System.Convert]::FromBase64String($Value['data'])
$ini = Read-NotesIni $data 1252
$keep = [object[]]@(Get-KeptLine $ini $Value['name'])
$values = [object[]]@(Get-IniValue $ini $Value['name'])
Set-IniValue -Ini $ini -Name $Value['name'] -Values @($Value['values'])
$set = [System.Convert]::ToBase64String((ConvertTo-IniData $ini))
$again = Read-NotesIni (ConvertTo-IniData $ini) 1252
Restore-IniLine -Ini $again -Name $Value['name'] -Keep $keep
@{ keep = $keep; values = $values; set = $set; restored = [System.Convert]::ToBase64String((ConvertTo-IniData $again)) }
"""


@settings(max_examples=80, deadline=None)
@given(
    inis,
    st.sampled_from(["fleet", "Window", "New"]),
    st.lists(st.text("xy\u00e9", min_size=1, max_size=3), max_size=2),
)
def test_notes_ini_is_changed_and_restored_alike(shell: PowerShell, text: str, name: str, wanted: list[str]) -> None:
    data = text.encode("cp1252")
    ini = NotesIni.parse(data, 1252)
    new = ini.with_values(name, wanted).to_bytes()
    back = NotesIni.parse(new, 1252).restored(name, ini.kept(name)).to_bytes()
    sent = {"data": base64.b64encode(data).decode(), "name": name, "values": wanted}
    found = shell.evaluate(SET_AND_RESTORE, sent)
    assert found["values"] == ini.values(name)
    assert found["keep"] == [list(line) for line in ini.kept(name)]
    assert base64.b64decode(found["set"]) == new
    assert base64.b64decode(found["restored"]) == back


@pytest.mark.parametrize("code_page", [1250, 1252, 932])
@pytest.mark.parametrize("text", ["abc", "\u20ac\u00e9", "\u0159\u016f", "\u65e5\u672c", "\u0081", "\u0101"])
def test_a_code_page_writes_what_it_has_and_refuses_the_rest(powershell: PowerShell, text: str, code_page: int) -> None:
    script = "[System.Convert]::ToBase64String((ConvertTo-Ansi $Value['text'] $Value['page']))"
    try:
        expected = encode(text, code_page)
    except ActionFailure:
        with pytest.raises(ScriptFailed, match="not_in_code_page"):
            powershell.evaluate(script, {"text": text, "page": code_page})
        return
    assert base64.b64decode(powershell.evaluate(script, {"text": text, "page": code_page})) == expected


@several
@given(
    st.lists(
        st.tuples(st.sampled_from(["text", "name", "path"]), st.text("CNOU=/\\ .nsfI\u0130\u00c9", max_size=14)),
        max_size=20,
    )
)
def test_names_and_paths_are_folded_alike(shell: PowerShell, pairs: list[tuple[str, str]]) -> None:
    found = shell.evaluate(
        "@{ all = @(foreach ($v in $Value) { ConvertTo-FoldedText $v[1] $v[0] }) }",
        [list(each) for each in pairs],
    )
    assert found["all"] == [folded(text, comparison) for comparison, text in pairs]


entries = st.builds(
    PageEntry,
    replica_id=st.integers(0, 2**64 - 1).map(lambda number: f"{number:016X}"),
    server=st.sampled_from(["", "CN=Old/O=Acme"]),
    send=st.booleans(),
    receive=st.booleans(),
    enabled=st.booleans(),
    title=st.sampled_from(["", "Mail"]),
)
READ_PAGE = """
@{ all = @(Read-ReplicatorPage $Value | ForEach-Object {
    , @($_.ReplicaId, $_.Value['server'], $_.Value['send'], $_.Value['receive'], $_.Value['enabled']) }) }
"""


def dxl(item: bytes) -> str:
    data = base64.encodebytes(item).decode()
    return f"<document><item name='$SiteMapList'><rawitemdata type='1a'>\n{data}</rawitemdata></item>"


@several
@given(st.lists(entries, max_size=4))
def test_a_replicator_page_is_read_alike(shell: PowerShell, page: list[PageEntry]) -> None:
    found = shell.evaluate(READ_PAGE, dxl(page_item(page)))
    assert found["all"] == [[each.replica_id, each.server, each.send, each.receive, each.enabled] for each in page]


def test_a_cut_replicator_page_is_unreadable(powershell: PowerShell) -> None:
    item = page_item([PageEntry("C1257D0000112233", "CN=Old/O=Acme", True, True, True)])
    with pytest.raises(ScriptFailed, match="unreadable"):
        powershell.evaluate(READ_PAGE, dxl(item[:-20]))


ORDER: dict[str, Any] = {
    "schema": 1,
    "campaign": None,
    "step": "audit",
    "client": "pc1~a",
    "owner": {"sid": "S-1-5-21-1", "user": None, "data": "C:\\Notes"},
    "incarnation": {"machine": "m"},
    "mode": "apply",
    "round": "1",
    "of": None,
    "after": [],
    "actions": [{"name": "ini.set", "with": {"name": "A", "value": "b"}}],
}
READ_ORDER = """
$data = [System.Text.Encoding]::UTF8.GetBytes($Value['text'])
$id = (Get-Sha256Text $data).Substring(0, 32)
$null -ne (ConvertFrom-OrderData -Data $data -Id $id -Sid 'S-1-5-21-1')
"""


def test_a_whole_order_is_read(powershell: PowerShell) -> None:
    assert powershell.evaluate(READ_ORDER, {"text": canonical_text(ORDER)}) is True


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"mode": "undo"},
        {"mode": "APPLY"},
        {"owner": {"sid": "S-1-5-21-2", "user": None, "data": "C:\\Notes"}},
        {"owner": "S-1-5-21-1"},
        {"after": ["x"]},
        {"actions": []},
        {"actions": [{"name": "file.copy", "with": {}}]},
        {"actions": [{"name": "INI.SET", "with": {}}]},
        {"actions": ["ini.set"]},
        {"more": 1},
    ],
    ids=json.dumps,
)
def test_an_order_of_another_shape_is_refused(powershell: PowerShell, change: dict[str, Any]) -> None:
    assert powershell.evaluate(READ_ORDER, {"text": canonical_text(ORDER | change)}) is False


NAMES_OF = """
$ini = Read-NotesIni ([System.Convert]::FromBase64String($Value['data'])) $Value['page']
@{ names = [object[]]@($ini.Lines | ForEach-Object { $_.Name }) }
"""


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([932, 949, 65001, 1252]),
    st.lists(
        st.sampled_from([b"Fleet=1\r\n", b"\x82\xa0=1\r\n", b"\xe9=1\n", b"\xc3\xa9=2\r\n", b"\x81=\r\n"]), max_size=5
    ),
)
def test_a_line_whose_name_is_no_text_has_none_in_both(
    powershell: PowerShell, code_page: int, lines: list[bytes]
) -> None:
    data = b"".join(lines)
    sent = {"data": base64.b64encode(data).decode(), "page": code_page}
    expected = [line.name for line in NotesIni.parse(data, code_page).entries]
    assert powershell.evaluate(NAMES_OF, sent)["names"] == expected
