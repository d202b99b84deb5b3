"""What people want done: each use case in a module of its own, called by one command."""
