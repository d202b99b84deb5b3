"""From the application to the merge: nothing is closed without a meeting."""
