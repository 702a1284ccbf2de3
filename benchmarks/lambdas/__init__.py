"""Apps whose lambdas do as little as can be measured. One lambda each, so a worker runs one executor."""
