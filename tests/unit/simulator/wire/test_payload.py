from __future__ import annotations

import base64
import json

import pytest

from notesfleet.errors import DocumentError
from notesfleet.powershell.package import script_text
from notesfleet.simulator.wire.payload import SEPARATOR, decoded_command, read_payload, shipped_script


def payload(text: str) -> bytes:
    manifest = {
        "scripts": {"m.ps1": {"path": "/x", "script": base64.b64encode(text.encode()).decode()}},
        "actions": [
            {
                "name": "module_wrapper.ps1",
                "params": {
                    "Script": "m.ps1",
                    "Variables": [{"Name": "complex_args", "Value": {"request": {"wait": 3}}}],
                },
            }
        ],
    }
    return b"{}" + SEPARATOR + json.dumps(manifest).encode()


def test_a_shipped_script_is_known_by_its_text_under_any_name() -> None:
    run = read_payload(payload(script_text("exchange.ps1")))
    assert shipped_script(run) == "exchange.ps1"
    assert run.arguments == {"request": {"wait": 3}}


def test_a_payload_of_ansible_core_before_2_19_is_read_alike() -> None:
    script = base64.b64encode(script_text("exchange.ps1").encode()).decode()
    arguments = {"request": {"wait": 3}, "_ansible_module_name": "notesfleet.client.exchange"}
    manifest = {"module_entry": script, "module_args": arguments, "actions": ["module_powershell_wrapper"]}
    run = read_payload(b"begin {\n}\n" + SEPARATOR + json.dumps(manifest).encode())
    assert shipped_script(run) == "exchange.ps1"
    assert run.arguments["request"] == {"wait": 3}


def test_one_byte_more_is_not_the_shipped_script() -> None:
    with pytest.raises(DocumentError, match="none of the shipped scripts"):
        shipped_script(read_payload(payload(script_text("exchange.ps1") + "#")))


@pytest.mark.parametrize(
    "stdin", [b"", b"{}", b"{}" + SEPARATOR + b"{", b"{}" + SEPARATOR + b'{"scripts":{},"actions":[]}']
)
def test_a_payload_of_another_form_is_refused(stdin: bytes) -> None:
    with pytest.raises(DocumentError):
        read_payload(stdin)


def test_an_encoded_command_is_read_with_and_without_quotes() -> None:
    encoded = base64.b64encode("whoami".encode("utf-16-le")).decode()
    assert decoded_command(f"PowerShell -NoProfile -EncodedCommand {encoded}") == "whoami"
    assert decoded_command(f"powershell -encodedcommand '{encoded}'") == "whoami"


def test_a_command_that_starts_powershell_once_more_is_read_to_its_core() -> None:
    inner = base64.b64encode("whoami".encode("utf-16-le")).decode()
    started = f"PowerShell -NoProfile -NonInteractive -EncodedCommand {inner}"
    outer = base64.b64encode(started.encode("utf-16-le")).decode()
    assert decoded_command(f"PowerShell -NoProfile -EncodedCommand {outer}") == "whoami"
