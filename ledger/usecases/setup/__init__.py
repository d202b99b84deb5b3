"""A ledger, its gate and its surroundings, set up and examined."""
