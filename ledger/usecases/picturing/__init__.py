"""Pictures of a ledger: plain SVG that is read without colour, and by a screen reader."""
