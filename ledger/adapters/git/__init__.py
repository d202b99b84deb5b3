"""Git: its process, its objects, its history, its remotes."""
