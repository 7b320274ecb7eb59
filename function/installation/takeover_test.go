package installation_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// TestTakeOver asserts that objects that the Mattermost operator released are taken over,
// and no others.
func TestTakeOver(t *testing.T) {
	const (
		operators  = "labels: {installation.mattermost.com/installation: chat, installation.mattermost.com/resource: chat, app: mattermost}"
		controlled = "ownerReferences: [{apiVersion: installation.mattermost.com/v1beta1, kind: Mattermost, name: chat, uid: m, controller: true}]"
	)
	for name, tc := range map[string]struct {
		reason, kind, name, metadata string
		taken                        bool
	}{
		"Deployment":      {"The operator's resource was deleted, and its objects were not.", "Deployment", "chat", operators, true},
		"Service":         {"A Service of the operator is taken over, too.", "Service", "chat", operators, true},
		"ServiceAccount":  {"The operator's ServiceAccount has only an annotation.", "ServiceAccount", "chat", "annotations: {mattermost.com/last-applied: x}", true},
		"Controlled":      {"The operator still controls it.", "Deployment", "chat", operators + ", " + controlled, false},
		"AnothersLabels":  {"It belongs to another installation of the operator.", "Service", "chat", strings.ReplaceAll(operators, "chat", "talk"), false},
		"SomeLabels":      {"The label app: mattermost alone proves nothing.", "Service", "chat", "labels: {app: mattermost}", false},
		"Volume":          {"It holds the files.", "PersistentVolumeClaim", "chat", operators, true},
		"AnotherKind":     {"The operator makes no such object.", "Usage", "chat-protection", operators, false},
		"AnotherName":     {"The operator's Service has the installation's name.", "Service", "chat-metrics", operators, false},
		"Unowned":         {"It has no labels and no controller.", "ServiceAccount", "chat", "labels: {}", false},
		"UnownedMetadata": {"Its annotation is not the operator's.", "ServiceAccount", "chat", "annotations: {eks.amazonaws.com/role-arn: r}", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := fixture(t, withLocal())
			c.Objects[preview.Key(tc.kind, tc.name)] = composetest.Document(t, "{kind: "+tc.kind+", metadata: {name: "+tc.name+", "+tc.metadata+"}}")
			settle(t, c)
			accepted := condition(c, "Accepted")
			if got := accepted.Status == compose.True; got != tc.taken {
				t.Errorf("%s\nAccepted is %s: %s", tc.reason, accepted.Reason, accepted.Message)
			}
			if want := tc.kind + ` "` + tc.name + `"`; !tc.taken && (accepted.Reason != compose.ReasonNameTaken || !strings.Contains(accepted.Message, want)) {
				t.Errorf("%s\nAccepted is %s and does not name %s: %s", tc.reason, accepted.Reason, want, accepted.Message)
			}
		})
	}
}

// TestTakenOverDeploymentThatCannotBeReplacedAtOnce is refused until a user removes what Kubernetes
// refuses.
func TestTakenOverDeploymentThatCannotBeReplacedAtOnce(t *testing.T) {
	const operators = "labels: {installation.mattermost.com/installation: chat, installation.mattermost.com/resource: chat, app: mattermost}"
	const managed = "managedFields: [{manager: operator, operation: Update, fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}]"
	c := fixture(t, withLocal())
	edit(t, c, map[string]any{"local": map[string]any{"enabled": true, "storageSize": "1Gi", "accessModes": []any{"ReadWriteOnce"}}}, "fileStore")
	c.Objects["Deployment/chat"] = composetest.Document(t, "{kind: Deployment, metadata: {name: chat, "+operators+", "+managed+"}, spec: {strategy: {rollingUpdate: {maxSurge: 1}}}}")
	settle(t, c)
	if got := condition(c, "Accepted"); got.Reason != "StrategyOwned" || c.Composed["deployment"] != nil {
		t.Fatalf("Accepted is %s: %s", got.Reason, got.Message)
	}
	c.Objects["Deployment/chat"] = composetest.Document(t, "{kind: Deployment, metadata: {name: chat, "+operators+"}}")
	settle(t, c)
	if got := condition(c, "Accepted"); got.Status != compose.True || c.Composed["deployment"] == nil {
		t.Errorf("Accepted is %s: %s", got.Reason, got.Message)
	}
}

// TestTakenNamesAreRefusedBeforeDatabases asserts that nothing is created while a name is
// taken, and everything once it is free.
func TestTakenNamesAreRefusedBeforeDatabases(t *testing.T) {
	c := fixture(t, withLocal())
	c.Composite.Fields["spec"] = structpb.NewStructValue(composetest.Document(t, "{size: 1000users, version: 11.4.0, database: {claim: {}}, fileStore: {claim: {}}}"))
	c.Objects["ServiceAccount/chat"] = composetest.Document(t, "{kind: ServiceAccount, metadata: {name: chat}}")
	settle(t, c)
	if got := condition(c, "Accepted"); got.Reason != compose.ReasonNameTaken || len(c.Composed) > 0 {
		t.Errorf("Accepted is %s: %s; composed are %d", got.Reason, got.Message, len(c.Composed))
	}
	delete(c.Objects, "ServiceAccount/chat")
	if _, err := c.Reconcile(t.Context(), function.New(logging.NewNopLogger())); err != nil {
		t.Fatal(err)
	}
	if c.Composed["database"] == nil || c.Composed["bucket"] == nil {
		t.Errorf("the name is free, and composed are %d", len(c.Composed))
	}
}
