package factstest

import (
	"fmt"
	"strings"
)

// Canary is in every Secret, and must be nowhere else.
const Canary = "canary-of-a-secret"

const (
	// Accepted is a spec that no gate refuses, given Secrets.
	Accepted = `
database: {external: {secret: db}}
fileStore: {external: {url: s3, bucket: b, secret: files}}
`
	// Claiming is a spec that leaves database and bucket to the platform.
	Claiming = "database: {claim: {}}\nfileStore: {claim: {}}\n"

	// Repository of the images.
	Repository = "mattermost/mattermost-enterprise-edition:"
	// WantedImage is that of version 11.4.0.
	WantedImage = Repository + "11.4.0"
	// OtherImage is that of version 11.3.0.
	OtherImage = Repository + "11.3.0"
	// ThirdImage is that of version 11.3.9.
	ThirdImage = Repository + "11.3.9"
)

// Secrets that tests have in common.
func Secrets() map[string]map[string]string {
	return map[string]map[string]string{
		"db":      {"DB_CONNECTION_STRING": "postgres://u:" + Canary + "@h/d"},
		"db2":     {"DB_CONNECTION_STRING": "postgresql://u:" + Canary + "@h/d"},
		"mysql":   {"DB_CONNECTION_STRING": "mysql://u:" + Canary + "@h/d"},
		"dsn":     {"DB_CONNECTION_STRING": "u:" + Canary + "@tcp(h)/d"},
		"files":   {"accesskey": Canary, "secretkey": Canary},
		"half":    {"accesskey": Canary, "secretkey": ""},
		"search":  {"username": Canary, "password": Canary},
		"license": {"license": Canary},
		"empty":   {},
		"parts":   {"pass": Canary},
	}
}

// Deployment with an image, in full or with one of its two replicas rolled.
func Deployment(image string, updated int) string {
	return fmt.Sprintf(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: chat, generation: 2}, `+
		`spec: {replicas: 2, template: {spec: {containers: [{name: sidecar, image: x}, {name: mattermost, image: %q}]}}}, `+
		`status: {observedGeneration: 2, replicas: 2, updatedReplicas: %d, availableReplicas: 2}}`, image, updated)
}

// Applied is an object as Crossplane applied it with no more than its name, so that it can be kept.
func Applied(object string) string {
	return strings.Replace(object, "metadata: {", "metadata: {managedFields: [{manager: apiextensions.crossplane.io/composed/1f, operation: Apply, fieldsV1: {}}], ", 1)
}

// Job that migrates to an image, with inputs and a condition.
func Job(image, inputs, condition string) string {
	return fmt.Sprintf(`{apiVersion: batch/v1, kind: Job, metadata: {name: chat-migrate-observed, annotations: {mattermost.crossplane.io/inputs: %q, mattermost.crossplane.io/attempt: "0"}}, `+
		`spec: {backoffLimit: 3, template: {spec: {containers: [{name: mattermost, image: %q}]}}}, status: {active: 1, ready: 1, conditions: [{type: Suspended, status: "False"}, {type: %q, status: "True"}]}}`, inputs, image, condition)
}

// AnsweredDatabase is a claim of a database that something answered.
func AnsweredDatabase(secret, keys string) string {
	return fmt.Sprintf("{kind: MattermostDatabase, metadata: {name: chat}, status: {conditions: [{type: Ready, status: 'True'}], "+
		"connection: {secretName: %s, keys: %s, values: {host: pg.ns.svc, database: mattermost, username: matter, sslMode: disable}}}}", secret, keys)
}

// AnsweredBucket is a claim of a bucket that something answered.
func AnsweredBucket(secret, keys string) string {
	return fmt.Sprintf("{kind: MattermostBucket, metadata: {name: chat}, status: {conditions: [{type: Ready, status: 'True'}], "+
		"connection: {secretName: %s, keys: %s, values: {endpoint: 'http://s3.ns.svc:7070', bucket: chat, region: us-east-1}}}}", secret, keys)
}
