"""Reading a ledger: opening it, its state at any commit, its history step by step."""
