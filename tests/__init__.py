"""Tests, and the load test: a package of this repository's, because a dependency brings one of the same name."""
