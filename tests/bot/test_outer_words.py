"""What Python says of a server that cannot be reached, in the reader's words."""

from __future__ import annotations

import pytest

from bot.texts import speaker
from bot.wording import trouble
from inbox.errors import ChannelPaused, Fault

UNTRUSTED = (
    "его сертификату нельзя доверять (expired); дополнительные центры сертификации указывают"
    " в ca_file"
)
CERTIFICATE = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: expired"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "imap.firm.test:993: [Errno -2] Name or service not known",
            "imap.firm.test:993: нет сервера с таким именем или нет сети",
        ),
        (
            "[Errno 111] Connect call failed ('127.0.0.1', 1)",
            "по этому адресу и порту никто не отвечает",
        ),
        (f"mail:993: {CERTIFICATE}", f"mail:993: {UNTRUSTED}"),
        (f"{CERTIFICATE} (_ssl.c:1006)", UNTRUSTED),
        ("421 Too busy {now}", "421 Too busy {now}"),
    ],
)
def test_a_network_fault_is_told_in_russian(said: str, words: str) -> None:
    error = ChannelPaused(Fault.UNREACHABLE, said)
    assert trouble(speaker("ru"), error) == f"сервер недоступен: {words}"
