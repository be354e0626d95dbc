package main

// A place of its own for an error.
func doomed(values []int) int {
	return values[len(values)]
}
