package main

import "testing"

// TestHostOf: a backup copied its own repository when one of two endpoints had a scheme.
func TestHostOf(t *testing.T) {
	for _, endpoint := range []string{"s3.example.com:7070", "http://s3.example.com:7070", "https://S3.example.com:7070/"} {
		if got := hostOf(endpoint); got != "s3.example.com:7070" {
			t.Errorf("%s is at %s", endpoint, got)
		}
	}
	if hostOf("http://a") == hostOf("http://b") {
		t.Error("two hosts are one")
	}
}
