"""From a reviewed workbook to decisions: read back, compared with its own compile and with today, then recorded."""
