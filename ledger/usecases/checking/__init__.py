"""Judging a ledger, a change, a push, a history; seals."""
