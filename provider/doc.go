// Package provider is provider-mattermost: Crossplane's managed resources inside a
// running Mattermost server.
//
//	apis/server/v1alpha1      the kinds, one file each
//	provider/setup.go         the list of controllers
//	provider/kind             what all controllers have in common
//	provider/kindtest         what their tests have in common
//	provider/mattermost       provider configuration to client: login, rate, errors
//	provider/account          what a resource may do with an existing account
//	provider/drift            declared and actual, field by field
//	provider/secret           the Secrets that resources name
//	provider/<kind>           what tells the kind apart: observe, create, update, delete
//
// A kind is added in six steps; team is the one to copy.
//
//  1. Its type in apis/server/v1alpha1, and in the list of register.go. Parameters are
//     pointers, named as in Mattermost's API. A reference is resolved by markers; what is
//     referenced answers ObservedID in reference.go. Then make generate.
//  2. A folder with a Service, the few methods of Mattermost's client that it needs, which
//     *model.Client4 satisfies as it is. Nothing wraps the client. Its transport logs in,
//     limits the rate, the time and the size of requests, retries safe ones, removes
//     secrets from errors, and tells a server's own 404 from others.
//  3. Observe reads the resource once, by the external name if that is an id, and else by
//     what is unique about it. It fills in atProvider, sets the external name to the id,
//     says so in ResourceLateInitialized if it was another, and compares what is declared
//     with package drift. What is archived does not exist. An id that is a secret, such as
//     that of an incoming webhook, is no external name.
//  4. Create restores what is archived, adopts what exists, and creates otherwise. A kind
//     in which that yields one resource however often it is tried is Identified. What the
//     server gives out once, such as a token, goes into ConnectionDetails and nowhere else.
//     Observe returns all that is in the connection Secret: anything less would be
//     written at every poll.
//  5. Update writes what differs and nothing else. Delete archives, unless the spec
//     consents to more. Both succeed if the resource is gone. A kind whose deletion changes
//     something on the server has a v1alpha1.DeletionStatus and is listed with it.
//     NeedsServer says when its deletion changes nothing.
//  6. Its SetupGated in the list of setup.go, a table test with a fake Service for each
//     method, in files of their own when they are long, an example in examples/provider,
//     and a row in docs/provider.md.
//
// Laws, each with a test: a namespace with resources can be deleted, whatever the state of
// the server; declaring an existing account gives no access to it; no secret is in a status,
// condition, event, log or error; a resource that is as declared costs one read per poll and
// no write; a resource is never created twice.
package provider
