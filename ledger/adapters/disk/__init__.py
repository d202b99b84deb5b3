"""What is done to files on a disk: whole or not at all, one writer at a time."""
