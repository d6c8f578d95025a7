import smtplib
import socket
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom_runner.harness.services.inside import mail as inside
from tests.support.beside import Start, Started

HOSTILE = {
    "unknown character set": b"Content-Type: text/plain; charset=nonsense\n\nhello",
    "impossible base64": b"Content-Transfer-Encoding: base64\n\n=a=b=c",
    "a header that is no header": b"Subject: =?utf-8?b?a?=\n\nhello",
    "an unknown character set in a header": b"Subject: =?nonsense?q?a?=\n\nhello",
    "no boundary": b"Content-Type: multipart/mixed\n\n--\n\n",
    "a thousand levels": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level)
        for level in range(1000)
    ),
    "a thousand parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 1000,
    "a message within": b"Content-Type: message/rfc822\n\nSubject: x\n\nhello",
    "a bad file name": b"Content-Disposition: attachment; filename*=nonsense'x'%ff\n\nx",
    "zeros": b"\0" * 1000,
}


def connected(mail: Started) -> smtplib.SMTP:
    return smtplib.SMTP(mail.environment["SMTP_HOST"], int(mail.environment["SMTP_PORT"]))


def message(subject: str = "Welcome", text: str = "Hello.\n") -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "Ada <ada@example.org>", "bob@x.org", subject
    found.set_content(text)
    return found


def test_a_message_is_told_with_its_parts(start: Start) -> None:
    mail = start("mail")
    sent = message("Grüße", "Hällo.\n")
    sent.add_alternative("<p>Hällo.</p>\n", subtype="html")
    sent.add_attachment(b"12345", maintype="application", subtype="pdf", filename="bill.pdf")
    with connected(mail) as client:
        client.send_message(sent)
    [found] = mail.ask("messages")
    headers = found.pop("headers")
    assert headers["from"] == "Ada <ada@example.org>"
    assert found == {
        "from": "ada@example.org",
        "to": ["bob@x.org"],
        "subject": "Grüße",
        "text": "Hällo.\n",
        "html": "<p>Hällo.</p>\n",
        "attachments": [{"name": "bill.pdf", "type": "application/pdf", "size": 5}],
    }


def test_recipients_are_those_that_it_was_sent_to(start: Start) -> None:
    mail = start("mail")
    with connected(mail) as client:
        client.sendmail("a@x.org", ["b@x.org", "hidden@x.org"], "To: b@x.org\n\nhello\n")
    assert mail.ask("messages")[0]["to"] == ["b@x.org", "hidden@x.org"]


def test_a_reset_goes_back_to_what_was_kept(start: Start) -> None:
    mail = start("mail")
    with connected(mail) as client:
        client.send_message(message("kept"))
    mail.keep()
    for _ in range(2):
        with connected(mail) as client:
            client.send_message(message("forgotten"))
        assert len(mail.ask("messages")) == 2
        mail.reset()
        assert [each["subject"] for each in mail.ask("messages")] == ["kept"]


def test_a_reset_ends_what_was_under_way(start: Start) -> None:
    mail = start("mail")
    with connected(mail) as client:
        client.ehlo()
        client.mail("a@x.org")
        client.rcpt("b@x.org")
        client.putcmd("DATA")
        client.getreply()
        mail.reset()
        with suppress(OSError):
            client.send(b"Subject: late\r\n\r\nhello\r\n.\r\n")
            client.getreply()
        client.close()
    assert mail.ask("messages") == []


def test_a_message_that_is_too_large_is_refused(start: Start) -> None:
    mail = start("mail")
    with connected(mail) as client, pytest.raises(smtplib.SMTPSenderRefused, match="552"):
        client.send_message(message(text="x" * 70 + "\n" + "y" * inside.MAX_MESSAGE))
    assert mail.ask("messages") == []


def test_a_mailbox_that_is_full_takes_no_more(start: Start) -> None:
    mail = start("mail")

    def fill(client: smtplib.SMTP) -> None:
        for number in range(100):
            client.sendmail("a@x.org", ["b@x.org"], f"Subject: {number}\n\n" + "text\n" * 20_000)

    with connected(mail) as client, pytest.raises(smtplib.SMTPDataError, match="full"):
        fill(client)
    found = mail.ask("messages")
    assert found[0]["text"].startswith("text\n")
    assert 10 < len(found) < 100


def test_a_connection_that_never_stops_is_cut_and_others_are_served(start: Start) -> None:
    mail = start("mail")
    address = (mail.environment["SMTP_HOST"], int(mail.environment["SMTP_PORT"]))
    with socket.create_connection(address) as endless:
        endless.sendall(b"HELO x\r\nMAIL FROM:<a@x.org>\r\nRCPT TO:<b@x.org>\r\nDATA\r\n")
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            endless.sendall(b"x" * 2 * inside.MAX_RECEIVED)
    with connected(mail) as client:
        client.send_message(message())
    assert len(mail.ask("messages")) == 1


def test_many_connections_are_no_end_of_it(start: Start) -> None:
    mail = start("mail")
    address = (mail.environment["SMTP_HOST"], int(mail.environment["SMTP_PORT"]))
    crowd = [socket.create_connection(address) for _ in range(200)]
    mail.reset()
    for each in crowd:
        each.close()
    with connected(mail) as client:
        client.send_message(message())
    assert len(mail.ask("messages")) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_told_somehow(start: Start, name: str) -> None:
    mail = start("mail")
    with connected(mail) as client:
        client.sendmail("a@x.org", ["b@x.org"], HOSTILE[name])
    [found] = mail.ask("messages")
    assert isinstance(found["text"], str)


@given(st.binary(max_size=500))
def test_reading_raises_nothing(content: bytes) -> None:
    assert isinstance(inside.read(b"Content-Type: multipart/mixed; boundary=b\n" + content), dict)
