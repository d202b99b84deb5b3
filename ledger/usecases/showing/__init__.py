"""What web pages show and no command prints in that form: put together from what commands have."""
