"""FETCH, one question at a time or one ahead: the server sends the next answer while the last one is written down.

Purpose: `Asking.answers(question, then=…)` asks, and sends the next question before its answer is wanted.
Source: RFC 3501 section 5.5 (a client may send a command before the last is done with); imapclient's `fetch` in two halves.
Limits: at most one question is ahead, and whoever speaks to the server next reads its answer first (`Connection.owed`), so
answers are never mixed up; what waits meanwhile is in the system's buffers. Private parts of imapclient and imaplib: a test
compares the halves with the whole.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import join_message_ids, seq_to_parenstr_upper
from imapclient.response_parser import parse_fetch_response

from pipeline.errors import UnavailableError
from pipeline.mailbox.connection import Connection, is_refusal

Answers = dict[int, dict[bytes, Any]]
"""By UID, what was asked for by name."""


class Question(NamedTuple):
    """One item, as "BODY.PEEK[]", of the mails with these UIDs, ascending."""

    uids: tuple[int, ...]
    item: str


class Asking:
    """Questions over *connection*; early: the answer that came before it was wanted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._early: dict[Question, Answers | None] = {}

    def answers(self, question: Question, then: Question | None = None) -> Answers | None:
        """Ask, unless it was asked ahead; None where the server answers NO, which says nothing of what is there.

        then: what will be asked next, if all goes well.

        Raises:
            UnavailableError: the connection went.
        """
        with self._connection.talking() as client:
            early = question in self._early
            answers = self._early.pop(question) if early else _answer(client, _sent(client, question))
            if then is not None and then not in self._early:
                self._ahead(client, then)
        return answers

    def forget(self) -> None:
        """Read what was asked ahead and is not wanted any more, so that the connection can be used."""
        if self._connection.owed is not None:
            with suppress(UnavailableError), self._connection.talking():
                pass
        self._early.clear()

    def _ahead(self, client: IMAPClient, question: Question) -> None:
        tag = _sent(client, question)

        def owed(client: IMAPClient) -> None:
            self._early = {question: _answer(client, tag)}

        self._connection.owed = owed


def _sent(client: IMAPClient, question: Question) -> bytes:
    """Send a question and return its tag: the first half of imapclient's fetch."""
    tag: bytes = client._imap._command(
        "UID", "FETCH", join_message_ids(question.uids), seq_to_parenstr_upper([question.item])
    )
    return tag


def _answer(client: IMAPClient, tag: bytes) -> Answers | None:
    """Read the answer to the question of that *tag*: the second half; None for a NO."""
    try:
        kind, data = client._imap._command_complete("FETCH", tag)
        client._checkok("fetch", kind, data)
        _, data = client._imap._untagged_response(kind, data, "FETCH")
        answers: Answers = parse_fetch_response(data, client.normalise_times, client.use_uid)
    except IMAPClientError as error:
        if not is_refusal(error):
            raise
        client._imap.untagged_responses.pop("FETCH", None)  # what came before the NO is no later answer
        return None
    return answers
