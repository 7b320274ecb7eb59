// Package mattermost connects to Mattermost servers: it turns a provider configuration
// into a client of Mattermost's API that logs in by itself, keeps to a rate, and whose
// errors are safe to show.
package mattermost
