// Package apis holds the kinds of the product, a folder for each API group.
package apis

//go:generate go run ./generate --root ..
