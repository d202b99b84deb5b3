"""What web pages show and no command prints in that form, and a ledger that is asked for them."""
