"""What leaves the system: the workbook, the intake log, the export. Nothing here decides anything."""
