package provision

import "strings"

// NameVariable in a Secret's name stands for the asking object's name.
const NameVariable = "$(name)"

// Expanded is a Secret's name with the asking object's in place of the variable.
func Expanded(secret, name string) string { return strings.ReplaceAll(secret, NameVariable, name) }
