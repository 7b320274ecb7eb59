// Package composetest is what tests of composers and of builders have in common: requests
// and objects in YAML, what an answer says, golden files, and what must never be seen in an
// answer or granted to a pod.
package composetest
