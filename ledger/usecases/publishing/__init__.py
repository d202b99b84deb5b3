"""A ledger as a folder of pages: written so that only what changed is touched, and proved."""
