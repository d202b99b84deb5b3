"""Pages handed out to browsers: what is asked and answered, and the server."""
