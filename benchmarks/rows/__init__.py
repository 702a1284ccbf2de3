"""The measurements, one file for each group of rows."""
