"""Working together: sync, mistakes that are folded, the merge driver."""
