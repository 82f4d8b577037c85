"""A virtual PC's PowerShell for a process that believes to be on that PC: it takes the place of `powershell.exe`.

It hands its command and its standard input to the PC over WS-Management, where a real PowerShell process executes
them on the model's seams, and gives back what that printed. Nothing of either is looked at here.
"""

from __future__ import annotations

import base64
import os
import stat
import sys
from pathlib import Path

import yaml
from winrm.protocol import Protocol

ADDRESS, CONNECTION = "VIRTUAL_PC_ADDRESS", "VIRTUAL_PC_CONNECTION"
PRELUDE = "& $StandIn; "
"""Lets the model answer the seams, as the wrapper of Ansible's modules does where Ansible sends them."""
CHUNK = 60_000


def written(folder: Path) -> Path:
    """The program, as a file."""
    path = folder / "powershell"
    path.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import virtual_powershell\nsys.exit(virtual_powershell.main())\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def main() -> int:
    """Run the command of the command line on the virtual PC."""
    command = PRELUDE + sys.argv[sys.argv.index("-Command") + 1]
    encoded = base64.b64encode(command.encode("utf-16-le")).decode("ascii")
    said = yaml.safe_load(Path(os.environ[CONNECTION]).read_text())
    protocol = Protocol(
        f"https://{os.environ[ADDRESS]}:{said['ansible_port']}/wsman",
        transport="basic",
        username=said["ansible_user"],
        password=said["ansible_password"],
        ca_trust_path=said["ansible_winrm_ca_trust_path"],
        read_timeout_sec=30,
        operation_timeout_sec=20,
    )
    shell = protocol.open_shell()
    words = [*sys.argv[1:-2], "-EncodedCommand", encoded]
    running = protocol.run_command(shell, "powershell.exe", words, console_mode_stdin=False)
    given = sys.stdin.buffer.read()
    for at in range(0, len(given), CHUNK):
        protocol.send_command_input(shell, running, given[at : at + CHUNK], end=at + CHUNK >= len(given))
    stdout, stderr, code = protocol.get_command_output(shell, running)
    protocol.cleanup_command(shell, running)
    protocol.close_shell(shell)
    sys.stdout.buffer.write(stdout)
    sys.stderr.buffer.write(stderr)
    return code
