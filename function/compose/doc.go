// Package compose is the vocabulary of the function: what is observed (State,
// Resource), what is decided (Gate, Verdict, Condition) and what is answered
// (Answer). It knows Kubernetes and Crossplane, and nothing of Mattermost.
package compose
