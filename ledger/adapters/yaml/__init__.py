"""YAML: read strictly, changed only where it is asked."""
