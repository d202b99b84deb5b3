"""Tables in many formats, read and written."""
