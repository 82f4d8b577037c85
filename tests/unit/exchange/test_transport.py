from __future__ import annotations

import pytest

from notesfleet.exchange.transport import TransportFailed, absence


@pytest.mark.parametrize(
    "text",
    [
        "basic: HTTPSConnectionPool(host='127.1.0.1', port=5986): Max retries exceeded with url: /wsman "
        "(Caused by NewConnectionError(': Failed to establish a new connection: [Errno 111] Connection refused'))",
        "basic: HTTPSConnectionPool(host='pc1', port=5986): Read timed out. (read timeout=8)",
        "the connection attempt timed out",
        "winrm connection error: HTTPSConnectionPool(host='pc1', port=5986): Read timed out.",
        "kerberos: HTTPSConnectionPool(host='pc1'): (Caused by NameResolutionError('Failed to resolve pc1'))",
        "ConnectionError: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
        "basic: Bad HTTP response returned from server. Code 503",
        "basic: fault 2150859173: the maximum number of concurrent shells",
        "basic: ",
    ],
)
def test_a_pc_that_does_not_answer_is_absent(text: str) -> None:
    assert absence(text)


@pytest.mark.parametrize(
    "text",
    [
        "basic: the specified credentials were rejected by the server",
        "basic: HTTPSConnectionPool(host='pc1', port=5986): Max retries exceeded (Caused by SSLError("
        "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed')))",
        "WinRM Kerberos authentication requested but the python kerberos library is not installed.",
        "Kerberos auth failure for principal svc: kinit: Preauthentication failed",
        "WSManFaultError: fault 2150858843: the shell was not found on the server",
        "KeyError: 'x'",
    ],
)
def test_what_an_administrator_has_to_mend_is_no_absence(text: str) -> None:
    assert absence(text) is None
    assert str(TransportFailed(text)) == text


def test_a_failure_is_one_line() -> None:
    assert str(TransportFailed("first\nsecond")) == "first second"
