"""The ledger's terms as frozen data and pure functions: no I/O, `today` is an argument."""
