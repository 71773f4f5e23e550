"""收文: from the octets of a mail to the evaluations of a season. The map and the glossary.

The way of the data (imports go the other way; `intake.py` composes the stages, read it first)::

    mailbox ──octets──► archive ──► register (item + event)                    capture
    octets ─► parse ─► unpack ─► extract ─► Reading                            read(): costly, cached
    Reading + rules ─► identify ─► segment ─► figures ─► classify ─► Filing    judge(): cheap, repeatable
    all Filings + Corrections + rules ─► season ─► evaluate ─► tables ─► workbook   compile: a fold

The way of a decision::

    yellow cell ─► reviewing ─► Correction ─► register (row + event)           review import; undo and sign are decisions too
    next compile: review applies what stands ─► season ─► evaluate             the filing itself is never edited

The modules:
    records the nouns that travel · intake read() and judge() · reading read() without judge()
    walk the parts of one mail, from header to last picture (extent: how large it may become, noted: what was found) · mapped
    octets looked at where they lie
    stages of read(): parse · unpack · extract (child, inside: documents are read in a process of their own) · links
    stages of judge(): folding (one script) · triage · identify · segment · figures · classify
    over all filings: season, which composes review (what people decided, applied) · relate · reuse · evaluate; earlier the
    register as it stood at a moment
    reviewing a filled-in workbook to decisions · sending papers by mail · keeping backup, restore, read again · health is it
    collecting
    mailbox, archive, register the stores · worker the only writer · executor where mails are read · commands the words
    tools foreign programs: fence what they can see, private_folder where they work
    charsets, ole, durable, heap, beijing, settings, errors, stop what several of these need

Glossary:
    收文 intake · 收文登记簿 register · 收文号 accession number (`2024-00031`) · 单位 unit (whoever is asked to
    report) · 报送 all filings of one unit · 活动 activity · 待核 undecided, a person must look · 待人工 held ·
    不予受理 dismissed · 更正 correction sent by the unit (replaces) · 补报 supplement (adds) · 撤回 recall ·
    代报 one mail for several units · 催报 reminder · 未报送 has not sent · 经办人 staff · 口径 basis of a figure.
    A *mail* is what came; an *item* is the register's row of it; a *part* is one leaf or container of it;
    a *reading* is what its octets say; a *filing* is what we judge it to be; a *correction* (of a person) is a
    new fact beside the filing, never an edit of it.
"""

VERSION = 7
"""Version of the readers and judges. Raise it when a reader's or judge's result may change: filed items fall due again."""


def release() -> str:
    """Version of the software as it is installed, for whoever reads what it wrote; 未安装 where it runs from its sources."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("shouwen")
    except PackageNotFoundError:
        return "未安装"
