"""The archive in an object store (S3 and what speaks like it): octets by digest, created once, read back before they count.

Purpose: `ObjectArchive(place, access, outgoing=…)` keeps each mail as `<prefix>/ab/cd/<sha256>`, as a folder does, so
that a folder copied up with `aws s3 sync` is this archive, and the other way about.
Source: Amazon S3 User Guide, "Conditional writes" (If-None-Match, If-Match, also when a multipart upload is completed);
RFC 9110 section 13.1. A put that was answered is durable there.
Why read back: not every provider checks or keeps a SHA-256, and multipart uploads have only a digest of digests; the octets
themselves are the one proof that holds everywhere. It costs one download a mail.
Limits: a big mail goes in parts to `.unfinished/<name>`, and gets its name by a copy inside the store that replaces
nothing (5 GiB at most). Parts of an upload that was killed lie unseen until a lifecycle rule of the bucket ends them.
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.archive.folder import UNFINISHED
from pipeline.archive.outgoing import Outgoing, gone_through, left
from pipeline.archive.place import Access, Place
from pipeline.archive.stored import DIGEST, Blob, Fixity
from pipeline.errors import IntegrityError, SettingsError, TransientError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from obstore.store import S3Credential, S3Store

CHUNK = 1024**2
"""Octets read at once when a digest is recomputed."""
PART = 8 * 1024**2
PARTS_AT_ONCE = 2
"""A big mail's parts in memory together: of them and what is read ahead consists its memory."""
TRIES = 3
"""How often a blob is sent before the store is told to be at fault; another writer may come between once or twice."""
NOWHERE = "http://127.0.0.1:9"
"""Proxy for every host but the endpoint's: nobody is there, so no redirection leads anywhere (the client follows them)."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a store is waited for. silent_seconds: no octet came. whole_seconds: one request. retry_seconds: all tries."""

    connect_seconds: float = 10
    silent_seconds: float = 30
    whole_seconds: float = 600
    retries: int = 8
    retry_seconds: float = 90
    pause_seconds: float = 0.2


PATIENT = Patience()


class ObjectArchive:
    """Octets by digest at *place*; *outgoing* is the folder of this machine for big mails on their way."""

    def __init__(self, place: Place, access: Access, *, outgoing: Path, patience: Patience = PATIENT) -> None:
        self._place = place
        self._access = access
        self._outgoing = outgoing
        self._patience = patience

    @property
    def address(self) -> str:
        """By what other machines reach it, with keys of their own."""
        return self._place.address

    @property
    def here(self) -> str:
        """Nothing: its key is a secret that no reading process is given."""
        return ""

    def put(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Keep the octets of *pieces*, gone through once, and return their name; they were read back then.

        The same octets are the same blob; a copy that does not fit its name is replaced by the good one. What goes
        wrong in *pieces* passes through, and nothing was put.

        Raises:
            TransientError: the store cannot be reached or does not keep what it is given, or the disk refuses a big mail.
            SettingsError: key, rights, bucket, endpoint or region are wrong.
        """
        with gone_through(pieces, self._outgoing) as mail:
            before = standing = self.check(mail.sha256)
            for _ in range(TRIES):
                if standing is Fixity.INTACT:
                    break
                self._send(mail, standing)
                standing = self.check(mail.sha256)
        if standing is not Fixity.INTACT:
            raise TransientError(
                f"对象存储 {self._place} 说已存好，读回来却不是存进去的（{mail.sha256}）；请检查对象存储，邮件仍在邮箱里"
            )
        return Blob(
            sha256=mail.sha256,
            size=mail.size,
            mended=before is Fixity.ALTERED,
            fresh=before is Fixity.MISSING,
        )

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Do as `put`: a store that answered keeps what it has."""
        return self.put(pieces)

    def settle(self, digests: Iterable[str]) -> None:
        """Do nothing, likewise."""

    def get(self, sha256: str) -> bytes:
        """Return the octets of blob *sha256*, their digest checked.

        Raises:
            IntegrityError: there is no such blob, or it is not what was put in.
            TransientError, SettingsError: as in `put`.
        """
        whole, digest = io.BytesIO(), hashlib.sha256()
        try:
            for chunk in self._chunks(_key(sha256)):
                whole.write(chunk)
                digest.update(chunk)
        except FileNotFoundError:
            raise IntegrityError(
                f"原件 {sha256} 不在原件库；请从备份恢复 {self._place}/{_key(sha256)} 后再试"
            ) from None
        if digest.hexdigest() != sha256:
            raise IntegrityError(
                f"原件 {sha256} 与收到时不符（摘要不同）；请从备份恢复 {self._place}/{_key(sha256)} 后再试"
            )
        return whole.getvalue()

    def contains(self, sha256: str) -> bool:
        """Say whether there is an object of that name; its octets are not looked at."""
        return self._tag(_key(sha256)) is not None

    def check(self, sha256: str) -> Fixity:
        """Recompute the digest of blob *sha256* as it is read back; what is no digest is not there."""
        if not DIGEST.fullmatch(sha256):
            return Fixity.MISSING
        digest = hashlib.sha256()
        try:
            for chunk in self._chunks(_key(sha256)):
                digest.update(chunk)
        except FileNotFoundError:
            return Fixity.MISSING
        return Fixity.INTACT if digest.hexdigest() == sha256 else Fixity.ALTERED

    @property
    def is_empty(self) -> bool:
        """No blob was ever put: one request, where nothing else lies there."""
        return next(self.digests(), None) is None

    def digests(self) -> Iterator[str]:
        """Name all blobs, ascending, as the store lists them, a thousand a request; their octets are not looked at."""
        import obstore

        from pipeline.archive.refusals import understood

        last = ""
        with understood(self._place):
            for batch in obstore.list(self._store):
                for each in batch:
                    name = each["path"].rpartition("/")[2]
                    if DIGEST.fullmatch(name) and each["path"] == _key(name):
                        if name <= last:
                            raise SettingsError(
                                f"对象存储 {self._place} 不按名字的次序列出对象；请换通用的桶（不用目录桶）"
                            )
                        last = name
                        yield name

    def discard_unfinished(self) -> int:
        """Remove what a crash of this machine left half put and say how many; what is on its way stays.

        Without leftovers, which lie in the outgoing folder too, the store is not asked.
        """
        import obstore

        from pipeline.archive.refusals import understood

        found = left(self._outgoing)
        for path in found:
            with understood(self._place), suppress(FileNotFoundError):
                obstore.delete(self._store, f"{UNFINISHED}/{path.name}")
            path.unlink(missing_ok=True)
        return len(found)

    def attempt(self) -> None:
        """Try beside the blobs all that is done to them, for a person who wants to know whether this store will do.

        Raises:
            SettingsError: a right is missing, or the store makes again what is there. TransientError: as in `put`.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        from pipeline.archive.refusals import understood

        beside = f"{UNFINISHED}/{uuid.uuid4().hex}"
        with understood(self._place):
            obstore.put(self._store, beside, b"first", mode="create", use_multipart=False)
            try:
                obstore.put(self._store, beside, b"second", mode="create", use_multipart=False)
                kept = False
            except AlreadyExistsError:
                kept = b"".join(self._chunks(beside)) == b"first"
            obstore.delete(self._store, beside)
        if not kept:
            raise SettingsError(
                f"对象存储 {self._place} 会覆盖已有的对象（不理会 If-None-Match），不能存原件；请换支持条件写入的对象存储"
            )

    # ------------------------------------------------------------ below

    @cached_property
    def _store(self) -> S3Store:
        """The client; nothing of the environment counts but what was asked of it."""
        from obstore.store import S3Store

        place, patience = self._place, self._patience
        return S3Store(
            place.bucket,
            prefix=place.prefix or None,
            credential_provider=self._credential,
            client_options={
                "allow_http": place.server.startswith("http://"),
                "connect_timeout": timedelta(seconds=patience.connect_seconds),
                "read_timeout": timedelta(seconds=patience.silent_seconds),
                "timeout": timedelta(seconds=patience.whole_seconds),
                "proxy_url": NOWHERE,
                "proxy_excludes": place.host,
            },
            retry_config={
                "max_retries": patience.retries,
                "retry_timeout": timedelta(seconds=patience.retry_seconds),
                "backoff": {
                    "init_backoff": timedelta(seconds=patience.pause_seconds),
                    "max_backoff": timedelta(seconds=patience.pause_seconds * 50),
                    "base": 2,
                },
            },
            endpoint=place.server,
            aws_endpoint_url_s3=place.server,
            region=place.region,
            skip_signature=False,
            virtual_hosted_style_request=place.by_name_of_host,
            copy_if_not_exists="multipart",
            conditional_put="etag",
            disable_bulk_delete=True,
        )

    def _credential(self) -> S3Credential:
        access = self._access
        return {
            "access_key_id": access.access_key_id,
            "secret_access_key": access.secret,
            "token": access.token or None,
            "expires_at": None,
        }

    def _chunks(self, key: str) -> Iterator[memoryview]:
        """Read the object of that *key*; FileNotFoundError if there is none."""
        import obstore
        from obstore.exceptions import PreconditionError

        from pipeline.archive.refusals import understood

        try:
            with understood(self._place):
                for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK):
                    yield memoryview(chunk)
        except PreconditionError as error:
            raise UnavailableError(
                f"对象存储 {self._place} 的 {key} 正被人替换，没有读完；请稍后再试"
            ) from error

    def _tag(self, key: str) -> str | None:
        """Return the ETag of the object of that *key*, None if there is none; "" where the store gives no tag."""
        import obstore

        from pipeline.archive.refusals import understood

        with understood(self._place), suppress(FileNotFoundError):
            return obstore.head(self._store, key)["e_tag"] or ""
        with suppress(FileNotFoundError), understood(self._place):
            obstore.get(self._store, key)  # HEAD has no body to tell a missing bucket from a missing object
        return None

    def _send(self, mail: Outgoing, standing: Fixity) -> None:
        """Have the store make the object, or replace the wrong one; where another was faster, the check says what came of it."""
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with suppress(AlreadyExistsError, PreconditionError):
            if mail.octets is not None:
                self._send_whole(_key(mail.sha256), mail.octets, standing)
            else:
                self._send_parts(mail, standing)

    def _send_whole(self, key: str, octets: bytes, standing: Fixity) -> None:
        import obstore

        from pipeline.archive.refusals import understood

        tag = self._tag(key) if standing is Fixity.ALTERED else None
        with understood(self._place):
            obstore.put(
                self._store,
                key,
                octets,
                mode={"e_tag": tag} if tag else "create" if tag is None else "overwrite",
                use_multipart=False,
            )

    def _send_parts(self, mail: Outgoing, standing: Fixity) -> None:
        """Send the file in parts beside, then have the store copy it to its name; what fails is left to `discard_unfinished`."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        from pipeline.archive.refusals import understood

        beside = f"{UNFINISHED}/{mail.name}"
        with understood(self._place):
            if mail.file is not None:
                obstore.put(self._store, beside, mail.file, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
            with suppress(AlreadyExistsError, PreconditionError):
                obstore.copy(self._store, beside, _key(mail.sha256), overwrite=standing is Fixity.ALTERED)
            obstore.delete(self._store, beside)


def _key(sha256: str) -> str:
    if not DIGEST.fullmatch(sha256):
        raise IntegrityError(f"“{sha256[:80]}”不是原件的摘要；登记簿可能被改动过，请运行 shouwen verify")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
