"""Writing the ledger for other programs: Word, Excel, calendars, text."""
