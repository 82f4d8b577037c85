"""SOAP envelopes of WS-Management: a request read, a reply or a fault written (winrm 1, 2.4).

Requests come over a socket: they are limited in size by the HTTP server, and one with a document type
declaration is refused, so no entity is ever expanded.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
CMD = f"{SHELL}/cmd"
ANONYMOUS = f"{ADDRESSING}/role/anonymous"

DEFAULT_ENVELOPE = 153_600
DEFAULT_TIMEOUT = 20.0
_DURATION = re.compile(r"PT(\d{1,5}(?:\.\d{1,3})?)S")


class Action(Enum):
    """The six operations that WinRS needs."""

    CREATE = f"{TRANSFER}/Create"
    DELETE = f"{TRANSFER}/Delete"
    COMMAND = f"{SHELL}/Command"
    SEND = f"{SHELL}/Send"
    RECEIVE = f"{SHELL}/Receive"
    SIGNAL = f"{SHELL}/Signal"


class Fault(Exception):
    """A fault as Windows answers it: WSManFault code, SOAP subcode and text."""

    def __init__(self, code: int, subcode: str, text: str) -> None:
        self.code, self.subcode, self.text = code, subcode, text
        super().__init__(text)

    @property
    def blames(self) -> str:
        """`s:Receiver` where the PC could not, `s:Sender` where the request was wrong."""
        return "s:Receiver" if self.subcode in ("w:TimedOut", "w:QuotaLimit") else "s:Sender"


def timed_out() -> Fault:
    return Fault(2150858793, "w:TimedOut", "The WS-Management service cannot complete the operation within the time.")


def unknown_selector() -> Fault:
    return Fault(2150858843, "w:InvalidSelectors", "The request contained invalid selectors for the resource.")


def too_many_shells() -> Fault:
    return Fault(2150859173, "w:QuotaLimit", "This user has reached the maximum number of concurrent shells.")


def quota_exceeded(text: str) -> Fault:
    return Fault(2150859175, "w:QuotaLimit", text)


def invalid_request(text: str) -> Fault:
    return Fault(2150858817, "w:SchemaValidationError", text)


@dataclass(frozen=True)
class Option:
    """One option of the header's option set."""

    name: str
    value: str


@dataclass(frozen=True)
class Request:
    """What a request says. `timeout` is OperationTimeout in seconds, `envelope` MaxEnvelopeSize in bytes."""

    action: Action
    message_id: str
    resource: str
    shell_id: str
    timeout: float
    envelope: int
    options: tuple[Option, ...]
    body: ET.Element

    def option(self, name: str) -> str:
        """An option's value, empty where it is not given."""
        return next((option.value for option in self.options if option.name == name), "")


def read_request(data: bytes) -> Request:
    """Read a request. Raises `Fault` for anything that is not one."""
    header, body = _parts(_parsed(data))
    try:
        action = Action(_text(header, ADDRESSING, "Action"))
    except ValueError as error:
        raise Fault(2150858757, "wsa:ActionNotSupported", "The action is not supported by the service.") from error
    options = header.findall(f"{{{WSMAN}}}OptionSet/{{{WSMAN}}}Option")
    selectors = header.findall(f"{{{WSMAN}}}SelectorSet/{{{WSMAN}}}Selector")
    return Request(
        action=action,
        message_id=_text(header, ADDRESSING, "MessageID"),
        resource=_text(header, WSMAN, "ResourceURI"),
        shell_id=next((item.text or "" for item in selectors if item.get("Name") == "ShellId"), ""),
        timeout=_seconds(_text(header, WSMAN, "OperationTimeout")),
        envelope=_envelope(_text(header, WSMAN, "MaxEnvelopeSize")),
        options=tuple(Option(item.get("Name", ""), item.text or "") for item in options),
        body=body,
    )


def _parsed(data: bytes) -> ET.Element:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid_request("The envelope is not UTF-8.") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise invalid_request("A document type declaration is not accepted.")
    try:
        # Without a document type there are no entities but XML's own five.
        return ET.fromstring(text.removeprefix('<?xml version="1.0" encoding="utf-8"?>'))  # noqa: S314
    except (ET.ParseError, ValueError) as error:
        raise invalid_request("The envelope is not well-formed XML.") from error


def _parts(root: ET.Element) -> tuple[ET.Element, ET.Element]:
    header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or header is None or body is None:
        raise invalid_request("The request is not a SOAP 1.2 envelope.")
    return header, body


def _text(parent: ET.Element, namespace: str, name: str) -> str:
    return (parent.findtext(f"{{{namespace}}}{name}") or "").strip()


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text)
    return float(found[1]) if found else DEFAULT_TIMEOUT


def _envelope(text: str) -> int:
    return min(max(int(text), 8192), 512_000) if text.isascii() and text.isdigit() else DEFAULT_ENVELOPE


def reply(request: Request, body: str) -> bytes:
    """The answer to a request, with its body's XML (prefixes a, w, x, rsp)."""
    return _envelope_text(f"{request.action.value}Response", request.message_id, body)


def fault_reply(message_id: str, fault: Fault) -> bytes:
    """The answer that tells a fault; HTTP 500 goes with it."""
    text = escape(fault.text)
    body = (
        f"<s:Fault><s:Code><s:Value>{fault.blames}</s:Value><s:Subcode><s:Value>{fault.subcode}</s:Value>"
        f'</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>'
        f'<f:WSManFault xmlns:f="{FAULT}" Code="{fault.code}" Machine="simulator">'
        f"<f:Message>{text}</f:Message>"
        "</f:WSManFault></s:Detail></s:Fault>"
    )
    return _envelope_text(FAULT_ACTION, message_id, body)


def _envelope_text(action: str, relates_to: str, body: str) -> bytes:
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" '
        f'xmlns:x="{TRANSFER}" xmlns:rsp="{SHELL}"><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID><a:To>{ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def attribute(value: str) -> str:
    """A value quoted as an XML attribute."""
    return quoteattr(value)
