"""Public tools for tests: contract suites, virtual clock, the one-process world, engine fixtures."""
