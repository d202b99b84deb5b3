"""The files of a ledger, and what the program keeps beside them."""
