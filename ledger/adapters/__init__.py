"""What touches the world: git, files, the cache, documents. One owner for each library."""
