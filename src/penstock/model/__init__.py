"""The words and the rules: statuses, events, endings, policies. Pure: no input or output, no clock."""
