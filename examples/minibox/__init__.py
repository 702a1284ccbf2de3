"""Minibox, a small Dropbox over a real folder: what a file service does when a file changes, each thing a lambda.

`make demo` runs it with changes, moves, deletions, a killed executor and lost pings, and proves at the end that nothing
was missed. The lambdas stand in files of their own, named as they are.
"""
