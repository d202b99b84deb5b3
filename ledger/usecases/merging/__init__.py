"""Two histories of tasks made one, in memory."""
