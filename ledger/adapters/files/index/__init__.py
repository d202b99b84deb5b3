"""What there is in one working tree, as tables that answer: `list`, `due`, `status` ask them."""
