"""What `penstock doctor` looks at, one file a subject."""
