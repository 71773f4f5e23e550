"""`python -m tools.make_samples [FOLDER]`: write the sample mails and expected.json, the same octets on every run.

Purpose: the mails that the demo serves and the tests read, made in the open instead of lying there unexplained.
Limits: FOLDER is tests/samples by default; mails there that are no longer told are taken away.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tools.samplemaker import others, submissions
from tools.samplemaker.story import Story, load

FOLDER = Path(__file__).parent.parent / "tests" / "samples"

POSTED: dict[str, Callable[[Story], bytes]] = {
    "01-question": others.question,
    "02-docx-photos": submissions.docx_and_photos,
    "03-quoted-printable": submissions.quoted_printable,
    "04-advertisement": others.advertisement,
    "05-html-only": submissions.html_only,
    "06-raw-gbk-subject": submissions.raw_gbk_subject,
    "07-pdf-2231-name": submissions.pdf_with_split_name,
    "09-gb2312-label": submissions.gb2312_label,
    "10-zip-gbk-names": submissions.zip_with_gbk_names,
    "11-forwarded-mail": submissions.forwarded_mail,
    "12-auto-reply": others.auto_reply,
    "14-xlsx-no-date": submissions.xlsx_without_date,
    "15-first-version": submissions.first_version,
    "16-recall": others.recall,
    "17-correction": submissions.correction,
    "18-bounce": others.bounce,
    "19-supplement": submissions.text_only,
    "20-damaged-docx": submissions.damaged_docx,
    "21-outside-roster": submissions.pdf_from_outside,
    "22-locked-zip": submissions.locked_zip,
    "23-link-card": submissions.link_card,
    "24-quoted-notice": submissions.text_only,
    "25-csv-prank-name": submissions.csv_and_prank_name,
    "26-late": submissions.late,
    "27-aes-zip": submissions.aes_zip,
    "28-split-zip": submissions.split_zip,
    "29-heic-photo": submissions.heic_photo,
    "30-winmail-dat": submissions.winmail_dat,
}
"""Which function posts which story."""


def main() -> int:
    """Write all sample mails; return 0."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stories = load()
    mails = made(stories)
    for stale in set(folder.glob("*.eml")) - {folder / name for name in mails}:
        stale.unlink()
    for name, octets in mails.items():
        (folder / name).write_bytes(octets)
    (folder / "expected.json").write_text(expected(stories), "utf-8", newline="\n")
    print(f"{len(mails)} mails, {sum(map(len, mails.values()))} octets: {folder}")  # noqa: T201 - a command's answer
    return 0


def made(stories: tuple[Story, ...]) -> dict[str, bytes]:
    """File name to octets, in order of arrival."""
    mails: dict[str, bytes] = {}
    for story in stories:
        mails[story.file] = _posted(story, mails)
    return mails


def expected(stories: tuple[Story, ...]) -> str:
    """The text of expected.json: what a careful clerk says of each mail."""
    return json.dumps([story.expected() for story in stories], ensure_ascii=False, indent=1) + "\n"


def _posted(story: Story, earlier: dict[str, bytes]) -> bytes:
    if story.slug == "08-same-octets-again":
        return earlier[story.clerk.of or ""]
    if story.slug == "13-sent-again":
        return others.sent_again(earlier[story.clerk.of or ""], story)
    return POSTED[story.slug](story)


if __name__ == "__main__":
    sys.exit(main())
