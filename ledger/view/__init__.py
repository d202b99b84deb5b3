"""Results as people and programs read them: tables, JSON, CSV, Markdown."""
