"""A workbook that staff filled in becomes decisions. What decisions then do to the season is pipeline/review.

Purpose: importing.plan, which the command calls; nothing is stored here.
Map, as the file goes: fitting (what may be opened) → opened, cells (its cells, by sheet, row id and header) → compare and edits,
for each yellow cell what the compile wrote (its baseline), what stands now and what the file says (sides, plain, values: when
two of these are the same) → found (changes, conflicts, refusals) → decisions (Corrections) → effects (whom they move).
Limits: may look at outputs and at runs on disk; the register is its caller's.
"""
