"""What S/MIME wraps: signed and compressed mails or files are opened, encrypted ones are named, signatures are noted.

Purpose: `read_smime()`.
Source: RFC 8551 sections 3.2, 3.5.2 (opaque signing), 3.6 (compression); RFC 5652 sections 3, 5, 6; GM/T 0010 (the same
    structures under the numbers of SM2); asn1crypto for the certificates, ber.py for the frame around them.
Limits: no signature is verified and no key is looked for: who signed is what the enclosed certificates say. At most
    MAX_CERTIFICATES of MAX_CERTIFICATE octets are looked at. Never raises.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from asn1crypto import x509

from pipeline.records import Code
from pipeline.unpack.ber import OCTETS, Element, Frame, FrameError
from pipeline.unpack.limits import Budget, Member, Opened, Refused, too_big

MAX_CERTIFICATES = 10
"""Certificates looked at; a signer and its authorities are two to four."""
MAX_CERTIFICATE = 65_536
"""Octets of one; real ones have one to four thousand."""
MAX_SIGNERS = 3
"""Signers named in one sentence."""
MAX_NAME = 80
"""Characters of one name in a certificate that are shown."""

_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SM2 = bytes.fromhex("2a811ccf5506010402")
_SMIME_TYPES = bytes.fromhex("2a864886f70d01091001")
_DATA, _SIGNED, _SEALED = 1, 2, frozenset({3, 4, 6})
_COMPRESSED, _AUTHENTICATED = _SMIME_TYPES + b"\x09", _SMIME_TYPES + b"\x17"
_OID, _SEQUENCE, _FIRST = 0x06, 0x30, 0xA0
_MIME = re.compile(
    rb"\s{0,8}(?:content-[a-z-]{2,30}|mime-version|from|to|subject|date|received)[ \t]*:", re.IGNORECASE
)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_SURPRISES = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
)
"""What the library may throw on hostile certificates; then the signer is not named."""

_BROKEN = "S/MIME 内容损坏，读不出"
_CUT = "S/MIME 内容不完整，只读出前面一段"
_LOCKED = "加密邮件，只有收件人的私钥能解开；请联系报送单位不加密重发"
_UNREAD = "S/MIME 类型不认识，没有读"
_UNCHECKED = "（仅记录，未验证真伪）"


def read_smime(data: bytes, name: str, declared: str) -> Opened:
    """Read the CMS message *data*.

    Args:
        name, declared: of the part; they tell a signature that cannot be read from a mail that cannot.

    Returns:
        the one thing inside (a MIME entity as "….eml", or the file that was signed), with a note on who signed; no
        member and a note for a signature that stands beside what it signs.
    """
    frame = Frame(data)
    try:
        return _opened(frame, PurePosixPath(name.replace("\x00", "").replace("\\", "/")).name)
    except FrameError:
        if declared.endswith("pkcs7-signature") or name.lower().endswith(".p7s"):
            return Opened(note=f"数字签名，已损坏，读不出签名人{_UNCHECKED}")
        return Opened(refused=(Refused(code=Code.DAMAGED, why=_BROKEN),))


def _opened(frame: Frame, name: str) -> Opened:
    """Open by the type of the outermost element (RFC 5652 section 3)."""
    kind, content = _typed(frame, frame.element(0, len(frame.data)))
    family, number = kind[:-1], kind[-1] if kind else 0
    if content is None:
        raise FrameError("no content")
    if family in (_PKCS7, _SM2) and number == _SIGNED:
        return _signed(frame, content, name)
    if (family in (_PKCS7, _SM2) and number in _SEALED) or kind == _AUTHENTICATED:
        return Opened(refused=(Refused(code=Code.ENCRYPTED, why=_LOCKED),))
    if kind == _COMPRESSED:
        return _compressed(frame, content, name)
    if family in (_PKCS7, _SM2) and number == _DATA:
        return Opened(members=(_member(_octets(frame, content), name, whole=content.whole),))
    return Opened(refused=(Refused(code=Code.UNSUPPORTED, why=_UNREAD),))


def _typed(frame: Frame, outer: Element) -> tuple[bytes, Element | None]:
    """Of a SEQUENCE of a number and a content [0]: (the number's octets, the content or None)."""
    kind, content = b"", None
    for child, _ in frame.children(outer):
        if child.tag == _OID and not kind:
            kind = frame.data[child.start : child.end]
        elif child.tag == _FIRST and content is None:
            content = next((inner for inner, _ in frame.children(child)), None)
            break
    if not kind:
        raise FrameError("no content type")
    return kind, content


def _octets(frame: Frame, content: Element) -> bytes:
    """The octets of a content: of its OCTET STRING, or as it stands where it is something else."""
    if content.tag & 0x1F == OCTETS:
        return frame.octet_string(content)
    return frame.data[content.begin : content.end]


def _member(octets: bytes, name: str, *, whole: bool) -> Member:
    """What was inside: a MIME entity is read as a mail, a file bears the name of the part without its last suffix."""
    fault = "" if whole else _CUT
    if _MIME.match(octets):
        return Member(name=b"", text="签名内容.eml", data=octets, declared="message/rfc822", fault=fault)
    stem = PurePosixPath(name)
    inner = (
        stem.stem
        if stem.suffix.lower() in (".p7m", ".p7", ".p7z", ".p7s") and "." in stem.stem
        else "签名内容"
    )
    return Member(name=b"", text=inner, data=octets, fault=fault)


# ---------------------------------------------------------------- signed (RFC 5652 section 5.1), compressed (RFC 3274)


def _signed(frame: Frame, signed: Element, name: str) -> Opened:
    inside: Element | None = None
    found = False
    certificates: tuple[bytes, ...] = ()
    for child, _ in frame.children(signed):
        if child.tag == _SEQUENCE and not found:
            found = True
            _, inside = _typed(frame, child)
        elif child.tag == _FIRST and not certificates:
            certificates = tuple(_certificates(frame, child))
    note = _signers(certificates)
    if inside is None:
        return Opened(note=note)
    return Opened(members=(_member(_octets(frame, inside), name, whole=inside.whole),), note=note)


def _compressed(frame: Frame, compressed: Element, name: str) -> Opened:
    inside = None
    for child, _ in frame.children(compressed):
        if child.tag == _SEQUENCE:
            try:
                _, inside = _typed(frame, child)
            except FrameError:
                continue
            if inside is not None and inside.tag & 0x1F == OCTETS:
                break
    if inside is None:
        raise FrameError("no content")
    packed = frame.octet_string(inside)
    room = Budget(packed=len(packed)).room(len(packed))
    stream = zlib.decompressobj()
    try:
        octets = stream.decompress(packed, room + 1)
    except zlib.error:
        return Opened(refused=(Refused(code=Code.DAMAGED, why=_BROKEN),))
    if len(octets) > room:
        return Opened(refused=(too_big(b""),))
    return Opened(members=(_member(octets, name, whole=stream.eof),))


# ---------------------------------------------------------------- who signed


def _certificates(frame: Frame, field: Element) -> Iterator[bytes]:
    for count, (child, after) in enumerate(frame.children(field)):
        if count >= MAX_CERTIFICATES:
            return
        if after - child.begin <= MAX_CERTIFICATE:
            yield frame.data[child.begin : after]


def _signers(certificates: tuple[bytes, ...]) -> str:
    """One sentence on whom the certificates name that no other one was issued by."""
    names = [pair for pair in map(_names, certificates) if pair]
    issuers = [issuer for subject, issuer in names if issuer != subject]
    ends = [(subject, issuer) for subject, issuer in names if subject not in issuers] or names
    if not ends:
        return f"数字签名，没有可读的证书{_UNCHECKED}"
    told = "；".join(f"签名人：{subject}，颁发者：{issuer}" for subject, issuer in ends[:MAX_SIGNERS])
    return f"数字签名，{told}{_UNCHECKED}"


def _names(octets: bytes) -> tuple[str, str] | None:
    """(subject, issuer) of one certificate as they are shown; None if it cannot be read."""
    try:
        certificate = x509.Certificate.load(octets)
        return _shown(certificate.subject.native), _shown(certificate.issuer.native)
    except _SURPRISES:
        return None


def _shown(name: Mapping[str, object]) -> str:
    """Common name, organisation and address of a distinguished name; "未写明" where it has none of them."""
    keys = ("common_name", "organization_name", "email_address")
    texts = (_UNSEEN.sub(" ", str(name[key]))[:MAX_NAME].strip() for key in keys if name.get(key))
    return " ".join(dict.fromkeys(filter(None, texts))) or "未写明"
