"""Tables in and out: rows become tasks, tasks become tables."""
