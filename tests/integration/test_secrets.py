"""The password of the PCs, given by file and by vault, is found nowhere but where it was given."""

from __future__ import annotations

import base64
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from fleet import PROGRAMS, ROOT, VirtualFleet, virtual_fleet

from notesfleet.simulator.company import demo_company


class ProcessList:
    """Looks at every command line of the machine, over and over."""

    def __init__(self, forms: list[bytes]) -> None:
        self._forms = forms
        self.seen: set[str] = set()
        self.looks = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> ProcessList:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes()
                except OSError:
                    continue
                if any(form in line for form in self._forms):
                    self.seen.add(line.decode(errors="replace"))
            self.looks += 1
            time.sleep(0.05)


def forms_of(secret: str) -> list[bytes]:
    """A secret as it could lie about: plain, UTF-16, and inside base64 at any of its three offsets."""
    forms = [secret.encode(), secret.encode("utf-16-le")]
    for plain in list(forms):
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + plain)
            forms.append(coded[4 if shift else 0 : -4])
    return forms


def found_in(folder: Path, forms: list[bytes], *given: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path not in given]
    assert len(files) > 5
    return [str(path) for path in files if any(form in path.read_bytes() for form in forms)]


def by_file(fleet: VirtualFleet) -> list[str]:
    """As the simulator wrote it."""
    return []


def by_vault(fleet: VirtualFleet) -> list[str]:
    """The connection settings encrypted; the plain ones say a wrong password. The options for Ansible."""
    connection = fleet.folder / "simulator" / "connection.yml"
    vault, key = fleet.folder / "vault.yml", fleet.folder / "vault.key"
    vault.write_text(connection.read_text())
    key.write_text("the vault's own key\n")
    subprocess.run(
        [PROGRAMS / "ansible-vault", "encrypt", "--vault-password-file", key, vault],
        cwd=ROOT,
        env=fleet._environment(),
        check=True,
        capture_output=True,
    )
    said = yaml.safe_load(connection.read_text())
    connection.write_text(yaml.safe_dump(said | {"ansible_password": "not this one"}))
    return ["-e", f"@{vault}", "--vault-password-file", str(key)]


@pytest.mark.parametrize("give", [by_file, by_vault])
def test_the_password_is_found_nowhere(give: Callable[[VirtualFleet], list[str]], tmp_path: Path) -> None:
    with virtual_fleet(demo_company(1, 3), tmp_path) as fleet:
        fleet.anew = True  # The list of processes shows what a program was started with.
        options = give(fleet)
        secret = fleet.simulator.access.password
        forms = forms_of(secret)
        fleet.environment |= {"ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"), "ANSIBLE_STDOUT_CALLBACK": "default"}
        with ProcessList(forms) as processes:
            audit = fleet.playbook("playbooks/audit.yml", "-e", "depth=inside", *options, "-vvv")
            migrated = fleet.playbook("playbooks/migrate.yml", *options, "-vvv", "--diff")
        assert migrated.sum("changed") > 0, migrated.text
        assert processes.looks > 20
        assert processes.seen == set()
        for text in (audit.text, migrated.text):
            assert not any(form in text.encode() for form in forms)
        (tmp_path / "state.json").write_text(fleet.model.dump().model_dump_json())
        (tmp_path / "counts.json").write_text(fleet.simulator.wsman.counts.model_dump_json())
        given = tmp_path / "simulator" / "connection.yml"
        assert found_in(tmp_path, forms, given) == []
        assert given.stat().st_mode & 0o077 == 0
    assert (secret.encode() in given.read_bytes()) is (give is by_file)


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc: "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_secret_that_lies_about_would_be_found(tmp_path: Path, before: bytes, encoding: str) -> None:
    secret = "s3cret-of-the-PCs-x7"
    for number in range(6):
        (tmp_path / f"{number}.txt").write_bytes(b"nothing")
    leak = tmp_path / "leak.log"
    leak.write_bytes(b"x" + base64.b64encode(before + secret.encode(encoding) + b" and more"))
    assert found_in(tmp_path, forms_of(secret)) == [str(leak)]
    leak.write_bytes(before + secret.encode(encoding))
    assert found_in(tmp_path, forms_of(secret)) == [str(leak)]
    with ProcessList(forms_of(secret)) as processes:
        subprocess.run(["sh", "-c", f"sleep 0.4 # {secret}"], check=True)
    assert any(secret in line for line in processes.seen)
