"""outputs/audit/sample.py: the same seed draws the same mails and writes the same octets."""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from outputs.audit import masking, sample
from outputs.audit.sample import Drawn, Lot
from pipeline.errors import TransientError
from rules import Rules
from tests.season import season, small_rules
from tests.support import need_tool

FILED = season()
LOT = Lot(n=5, seed=20240620, head=f"40 {'a' * 64}")
DRAWN = sample.draw(FILED, LOT)
CHECKED = {one.item.sha256: "intact" for one in FILED}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def written(drawn: Drawn, rules: Rules, target: Path, **wishes: Any) -> list[list[Any]]:
    checked, full = wishes.pop("checked", CHECKED), wishes.pop("full", False)
    sample.write(drawn, checked, rules, full=full, target=target, **wishes)
    return CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_anybody_draws_the_same_mails_with_the_standard_library() -> None:
    expected = random.Random(20240620).sample(sorted(one.item.accession for one in FILED), 5)

    assert [one.item.accession for one in DRAWN.mails] == sorted(expected)
    assert DRAWN.population == len(FILED)
    assert sample.draw(tuple(reversed(FILED)), LOT) == DRAWN


def test_another_seed_draws_other_mails() -> None:
    drawn = {
        tuple(one.item.accession for one in sample.draw(FILED, Lot(n=5, seed=seed, head=LOT.head)).mails)
        for seed in range(9)
    }

    assert len(drawn) > 5


def test_where_there_are_fewer_mails_than_asked_for_all_are_drawn(rules: Rules, tmp_path: Path) -> None:
    drawn = sample.draw(FILED, Lot(n=500, seed=1, head=LOT.head))

    cells = written(drawn, rules, tmp_path / "all.xlsx")

    assert len(drawn.mails) == len(FILED)
    assert f"抽取：{len(FILED)} 件" in cells[2][1]
    assert written(sample.draw((), LOT), rules, tmp_path / "none.xlsx")[4][1] == "（无）"


def test_the_same_mails_seed_and_log_give_the_same_octets(rules: Rules, tmp_path: Path) -> None:
    written(DRAWN, rules, tmp_path / "one.xlsx")
    written(DRAWN, rules, tmp_path / "two.xlsx")

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert sample.name(DRAWN) == "抽查表-种子20240620-5件-日志40.xlsx"


def test_the_sheet_is_laid_out_like_the_others(rules: Rules, tmp_path: Path) -> None:
    cells = written(DRAWN, rules, tmp_path / "sample.xlsx")

    assert cells[0][1] == "附件1"
    assert cells[1][1].endswith("来件抽查表")
    for told in ("种子：20240620", "抽取：5 件", f"总体：{len(FILED)} 件", f"第 40 条 {'a' * 64}"):
        assert told in cells[2][1]
    assert cells[3][1:] == [column.header for column in sample.COLUMNS]
    assert (cells[3][1], cells[3][-1]) == ("序号", "备注")
    assert [row[0] for row in cells[4:9]] == [one.item.accession for one in DRAWN.mails]
    assert {row[cells[3].index("抽查意见")] for row in cells[4:9]} == {""}
    assert cells[10][1].startswith("抽查人：")


def test_what_became_of_each_original_is_said(rules: Rules, tmp_path: Path) -> None:
    states = dict(
        zip((one.item.sha256 for one in DRAWN.mails), ("intact", "altered", "missing") * 2, strict=False)
    )

    cells = written(DRAWN, rules, tmp_path / "sample.xlsx", checked=states)

    column = cells[3].index("原件核对结果")
    assert [row[column] for row in cells[4:9]] == ["相符", "不符：被改过", "缺失", "相符", "不符：被改过"]


def test_senders_are_masked_unless_asked_for(rules: Rules, tmp_path: Path) -> None:
    def senders(*, full: bool) -> set[str]:
        cells = written(DRAWN, rules, tmp_path / "sample.xlsx", full=full)
        column = cells[3].index("发件人")
        return {row[column] for row in cells[4:9]} - {"—"}

    assert senders(full=False) == {"小＊＊\ns***@qq.example"}
    assert senders(full=True) == {"小谢\nsomeone@qq.example"}


def test_the_contact_named_in_a_subject_is_masked_too(rules: Rules, tmp_path: Path) -> None:
    one = next(one for one in FILED if one.filing and one.filing.contact)
    assert one.filing
    told = replace(one.filing, mail=replace(one.filing.mail, subject="总结（联系人蒋昕 13800138000）"))
    drawn = sample.draw((replace(one, filing=told),), LOT)

    cells = written(drawn, rules, tmp_path / "sample.xlsx")

    assert cells[4][cells[3].index("主题")] == "总结（联系人蒋＊＊ 138****8000）"


def test_people_of_the_log_are_masked_in_subjects_and_their_remarks_are_left_out(
    rules: Rules, tmp_path: Path
) -> None:
    one = next(one for one in FILED if one.filing)
    assert one.filing
    told = replace(one.filing, mail=replace(one.filing.mail, subject="请王经办收"))
    item = replace(one.item, reason="王经办说是广告")
    drawn = sample.draw((replace(one, filing=told, item=item),), LOT)

    cells = written(drawn, rules, tmp_path / "sample.xlsx", names=("王经办",))
    full = written(drawn, rules, tmp_path / "sample.xlsx", names=("王经办",), full=True)

    columns = cells[3].index("主题"), cells[3].index("备注")
    assert [cells[4][column] for column in columns] == ["请王＊＊收", masking.WITHHELD]
    assert [full[4][column] for column in columns] == ["请王经办收", "王经办说是广告"]


def test_a_place_that_cannot_be_written_is_said(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(TransientError, match="抽查表写不进"):
        written(DRAWN, rules, tmp_path / "file" / "sample.xlsx")


def test_the_sheet_prints_on_one_page_width(rules: Rules, tmp_path: Path) -> None:
    need_tool("soffice")
    written(sample.draw(FILED, Lot(n=500, seed=1, head=LOT.head)), rules, tmp_path / "sample.xlsx")
    office = shutil.which("soffice") or "soffice"

    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "sample.xlsx"),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )

    import pypdfium2

    pdf = pypdfium2.PdfDocument((tmp_path / "sample.pdf").read_bytes())
    assert len(pdf) == 1
    width, height = pdf[0].get_size()
    assert width > height
    text = pdf[0].get_textpage().get_text_range()
    pdf.close()
    assert "抽查意见" in text
    assert "抽查人" in text
