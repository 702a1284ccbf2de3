"""The HTTP door of a frontend."""
