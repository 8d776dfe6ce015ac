"""Many runs: points, replications, workers, the result store and provenance."""
