"""What rows need to know of `ten` without being one of its workers."""

QUIET_COUNT = 9
