package engine

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
)

// TestDisguisedTeam has Crossplane's own reconciler observe a Team as the composed bucket:
// spec.crossplane.resourceRefs names it, and its annotation gives it out as composed. Its
// name, its external name and its account belong to somebody else.
func TestDisguisedTeam(t *testing.T) {
	e := claimOf(t, "MattermostBucket", "composition-bucket.yaml")
	e.composite.Fields["spec"] = structpb.NewStructValue(documentOf(t,
		"{deletionPolicy: Delete, crossplane: {resourceRefs: [{apiVersion: mattermost.m.crossplane.io/v1alpha1, kind: Team, name: chat-bucket}]}}"))
	step := e.composition.GetFields()["spec"].GetStructValue().GetFields()["pipeline"].GetListValue().GetValues()[0].GetStructValue()
	step.Fields["input"] = structpb.NewStructValue(documentOf(t, "{apiVersion: mattermost.fn.crossplane.io/v1beta1, kind: Input, bucket: {awsS3: {region: eu-central-1}}}"))
	e.composed["s3-bucket"] = documentOf(t, "{apiVersion: mattermost.m.crossplane.io/v1alpha1, kind: Team, metadata: {name: chat-bucket, namespace: ns, "+
		"annotations: {"+composedName+": s3-bucket, crossplane.io/external-name: tenant-b-victim}}, spec: {providerConfigRef: {kind: ClusterProviderConfig, name: tenant-b}}}")

	_, err := e.reconcile(t)

	if err == nil || !strings.Contains(err.Error(), "spec.crossplane.resourceRefs names Team") {
		t.Errorf("a Team is observed as the bucket: error %v, want one that says where", err)
	}
	if len(e.composed) != 1 {
		t.Errorf("a Team is observed as the bucket, and %d objects are composed, want none", len(e.composed)-1)
	}
}

// TestDisguisedName has Crossplane observe a Service of another name as the composed one:
// it would apply what is desired under that name.
func TestDisguisedName(t *testing.T) {
	e := claimOf(t, "MattermostDatabase", "composition-database.yaml")
	e.composed["service"] = documentOf(t, "{apiVersion: v1, kind: Service, metadata: {name: payments, namespace: ns, annotations: {"+composedName+": service}}}")

	_, err := e.reconcile(t)

	if err == nil || !strings.Contains(err.Error(), `spec.crossplane.resourceRefs names "payments"`) {
		t.Errorf("a Service of somebody else is observed as the database's: error %v, want one that says where", err)
	}
}
