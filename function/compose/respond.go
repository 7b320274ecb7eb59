package compose

import (
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Respond with an answer, unless composing it failed.
func Respond(a *Answer, err error) (*fnv1.RunFunctionResponse, error) {
	if err != nil {
		return nil, err
	}
	return a.Response()
}
