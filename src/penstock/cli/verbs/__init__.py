"""One file a verb: its flags, and the few lines that call what does the work."""
