"""What bulletins tell: facts out of snapshots, periods and what lies between them."""
