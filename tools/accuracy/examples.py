"""`python -m tools.accuracy.examples`: rules/<notice>/examples.csv written from all labelled reports.

Purpose: what the learned voice is trained on is read off the labels by a command, never typed.
Source: the data set's reports and those of tests/reports; text: the label's title, then the activity's own blocks; of a
block that several activities share only the sentences or rows that hold its evidence. A report that another replaces is
left out: its activities stand in the other again.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Mapping
from typing import Any

from rules import DEFAULT
from tools.accuracy import material
from tools.accuracy.material import Label

HEADER = ("report", "category", "text")


def main() -> int:
    """Write the table and return 0; 69 without the data set."""
    if not (material.SHARED / "reports").exists():
        material.say(f"没有找到数据集 {material.SHARED}")
        return 69
    labels = material.labels(material.SHARED / "reports") | material.labels(material.REPORTS)
    replaced = {one["supersedes"] for one in labels.values() if one["kind"] == "correction"}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for name, label in labels.items():
        if name not in replaced:
            for activity in label["activities"]:
                writer.writerow((name, activity["category"], _text(label, activity)))
    (DEFAULT / "examples.csv").write_text(buffer.getvalue(), "utf-8", newline="")
    material.say(f"{len(labels)} reports")
    return 0


def _text(label: Label, activity: Mapping[str, Any]) -> str:
    words = [activity["title"]]
    for number in activity["blocks"]:
        block = label["report"][number]
        lines = ["\t".join(row) for row in block["rows"]] if block["style"] == "table" else [block["text"]]
        if sum(number in other["blocks"] for other in label["activities"]) > 1:
            lines = [
                one for line in lines for one in re.split(r"(?<=[。；])", line) if activity["evidence"] in one
            ]
        words += lines
    return "\n".join(words)


if __name__ == "__main__":
    sys.exit(main())
