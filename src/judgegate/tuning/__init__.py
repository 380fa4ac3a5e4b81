"""The tuner's tools: a first policy, what a policy says and why, whether it does what was meant, what is borrowed."""
