"""`browse`: the ledger on a full screen; nothing but these modules knows Textual."""
