package main

import "runtime"

func collector() { runtime.GC() }
