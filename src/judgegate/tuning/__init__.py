"""The tuner's tools: a first policy, what a policy says and why, its tests, and its waivers."""
