"""What leaves the system: for staff, for auditors, for other programs. Nothing here decides anything.

For staff: `tables` (pure: which sheets there are and what stands in them) → `workbook` (the same painted, checked, put in
place as a run with its material) · `report` (the Word draft) · `dossier` (originals under normal names) · `notices` (回执,
补正单, 催报).
For auditors: `audit` (the log, its bag and its seals, the sample, the trace). For other programs: `export`.
Shared: `words` (what staff read for a code), `formats`, `cells` (text that is safe), `files` (names beside the workbook),
`apart` (what takes a mail apart, in a process), `custody` (what the register knows), `changed`, `handed` (a folder that a
person asked for).
"""
