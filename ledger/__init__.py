"""The task ledger of a government bureau: plain text in git, closed by collective decision."""

__version__ = "0.1.0"
