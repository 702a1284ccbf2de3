"""The wire contract: generated protobuf code, untouched, and one codec between it and the model."""
