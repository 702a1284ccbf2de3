"""What each system is measured by: one file for each load, each on a fresh server."""
