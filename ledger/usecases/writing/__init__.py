"""Writing tasks: who acts and when, one commit, evidence."""
