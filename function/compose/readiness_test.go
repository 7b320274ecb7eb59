package compose

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

func TestReady(t *testing.T) {
	const deployment = `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"generation": 2}, "spec": {"replicas": 2}, `
	cases := map[string]struct {
		reason string
		object string
		want   bool
	}{
		"DeploymentRolledOut": {
			reason: "Every replica is of this template, available, and the only ones.",
			object: deployment + `"status": {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}}`,
			want:   true,
		},
		"DeploymentNotObserved": {
			reason: "The status speaks of an older generation.",
			object: deployment + `"status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}}`,
		},
		"DeploymentOldLeft": {
			reason: "A replica of the old template is still there.",
			object: deployment + `"status": {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 2, "availableReplicas": 2}}`,
		},
		"DeploymentHalfUpdated": {
			reason: "One replica is of the old template.",
			object: deployment + `"status": {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 2}}`,
		},
		"DeploymentUnavailable": {
			reason: "One replica does not serve.",
			object: deployment + `"status": {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 1}}`,
		},
		"DeploymentOfOne": {
			reason: "A Deployment that says no number of replicas has one.",
			object: `{"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}, "status": {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}}`,
			want:   true,
		},
		"DeploymentStopped": {
			reason: "A server that is stopped has no replicas, as it should.",
			object: `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"generation": 1}, "spec": {"replicas": 0}, "status": {"observedGeneration": 1}}`,
			want:   true,
		},
		"DeploymentWithoutStatus": {reason: "Nothing is known.", object: deployment + `"status": {}}`},
		"JobRunning":              {reason: "It runs.", object: `{"apiVersion": "batch/v1", "kind": "Job", "status": {"active": 1}}`},
		"JobFailed":               {reason: "It failed.", object: `{"apiVersion": "batch/v1", "kind": "Job", "status": {"conditions": [{"type": "Failed", "status": "True"}]}}`},
		"JobComplete": {
			reason: "It completed, whatever failed before.",
			object: `{"apiVersion": "batch/v1", "kind": "Job", "status": {"failed": 3, "conditions": [{"type": "SuccessCriteriaMet", "status": "True"}, {"type": "Complete", "status": "True"}]}}`,
			want:   true,
		},
		"ClaimPending": {reason: "There is no volume.", object: `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}}`},
		"ClaimBound":   {reason: "There is a volume.", object: `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Bound"}}`, want: true},
		"ClaimLost":    {reason: "The volume is gone.", object: `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Lost"}}`},
		"Service":      {reason: "It works by existing.", object: `{"apiVersion": "v1", "kind": "Service"}`, want: true},
		"StatefulSetRolledOut": {
			reason: "Every pod is of this template and ready.",
			object: `{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"generation": 2}, "spec": {"replicas": 1}, "status": {"observedGeneration": 2, "updatedReplicas": 1, "readyReplicas": 1}}`,
			want:   true,
		},
		"StatefulSetOld":      {reason: "The pod is of the old template.", object: `{"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"replicas": 1}, "status": {"readyReplicas": 1}}`},
		"StatefulSetUnready":  {reason: "The pod does not serve.", object: `{"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"replicas": 1}, "status": {"updatedReplicas": 1}}`},
		"Managed":             {reason: "Managed resources say so themselves.", object: `{"apiVersion": "rds.aws.m.upbound.io/v1beta1", "kind": "Instance", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"ManagedNew":          {reason: "It is being made.", object: `{"apiVersion": "postgresql.sql.m.crossplane.io/v1alpha1", "kind": "Role"}`},
		"ObjectStore":         {reason: "It is read when it is needed.", object: `{"apiVersion": "barmancloud.cnpg.io/v1", "kind": "ObjectStore"}`, want: true},
		"ScheduledBackup":     {reason: "Its schedule works by existing.", object: `{"apiVersion": "postgresql.cnpg.io/v1", "kind": "ScheduledBackup"}`, want: true},
		"Backup":              {reason: "It is stored.", object: `{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Backup", "status": {"phase": "completed"}}`, want: true},
		"BackupRunning":       {reason: "It is being stored.", object: `{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Backup", "status": {"phase": "running"}}`},
		"ProviderConfig":      {reason: "It does its work by existing.", object: `{"apiVersion": "mattermost.m.crossplane.io/v1alpha1", "kind": "ProviderConfig"}`, want: true},
		"UnaskedServer":       {reason: "Nobody has asked the server yet.", object: `{"apiVersion": "mattermost.m.crossplane.io/v1alpha1", "kind": "Server"}`},
		"HealthyServer":       {reason: "The server says so itself.", object: `{"apiVersion": "mattermost.m.crossplane.io/v1alpha1", "kind": "Server", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"Cluster":             {reason: "It says so itself.", object: `{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"GarageBucket":        {reason: "It says so itself.", object: `{"apiVersion": "garage.rajsingh.info/v1beta1", "kind": "GarageBucket", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"GarageKey":           {reason: "It says so itself.", object: `{"apiVersion": "garage.rajsingh.info/v1beta1", "kind": "GarageKey", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"ObjectBucketClaim":   {reason: "It is bound.", object: `{"apiVersion": "objectbucket.io/v1alpha1", "kind": "ObjectBucketClaim", "status": {"phase": "Bound"}}`, want: true},
		"BucketClaim":         {reason: "The bucket is ready.", object: `{"apiVersion": "objectstorage.k8s.io/v1alpha1", "kind": "BucketClaim", "status": {"bucketReady": true}}`, want: true},
		"BucketAccess":        {reason: "Access is granted.", object: `{"apiVersion": "objectstorage.k8s.io/v1alpha1", "kind": "BucketAccess", "status": {"accessGranted": true}}`, want: true},
		"BucketAccessNew":     {reason: "Access is not granted yet.", object: `{"apiVersion": "objectstorage.k8s.io/v1alpha1", "kind": "BucketAccess", "status": {}}`},
		"Usage":               {reason: "It says so itself.", object: `{"apiVersion": "protection.crossplane.io/v1beta1", "kind": "Usage", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"UsageNew":            {reason: "It protects nothing yet.", object: `{"apiVersion": "protection.crossplane.io/v1beta1", "kind": "Usage"}`},
		"Database":            {reason: "It says so itself.", object: `{"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostDatabase", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"Bucket":              {reason: "It says so itself.", object: `{"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostBucket", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}`, want: true},
		"Secret":              {reason: "It works by existing.", object: `{"apiVersion": "v1", "kind": "Secret"}`, want: true},
		"PodDisruptionBudget": {reason: "It works by existing.", object: `{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget"}`, want: true},
		"CronJob":             {reason: "Its schedule works by existing.", object: `{"apiVersion": "batch/v1", "kind": "CronJob"}`, want: true},
		"ServiceAccount":      {reason: "It works by existing.", object: `{"apiVersion": "v1", "kind": "ServiceAccount"}`, want: true},
		"Ingress":             {reason: "Many controllers never write its status.", object: `{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress"}`, want: true},
		"UnknownKind":         {reason: "A kind that nobody thought of is never ready.", object: `{"apiVersion": "v1", "kind": "ConfigMap", "status": {"phase": "Bound", "conditions": [{"type": "Ready", "status": "True"}]}}`},
		"KnownKindElsewhere":  {reason: "A kind is known by its group, too.", object: `{"apiVersion": "serving.knative.dev/v1", "kind": "Service"}`},
	}
	tested := map[string]bool{}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := NewResource(read(t, tc.object))
			tested[r.String("apiVersion")+"/"+r.String("kind")] = tc.want || tested[r.String("apiVersion")+"/"+r.String("kind")]
			if got := ready(r) == fnv1.Ready_READY_TRUE; got != tc.want {
				t.Errorf("%s\nready is %t", tc.reason, got)
			}
		})
	}
	for _, kind := range slices.Sorted(maps.Keys(readiness)) {
		if !tested[kind] {
			t.Errorf("no case shows when a %s is ready", kind)
		}
	}
	if diff := cmp.Diff(fnv1.Ready_READY_FALSE, ready(Resource{})); diff != "" {
		t.Errorf("what does not exist is ready:\n%s", diff)
	}
}

// TestReadyNamesWhatIsWaitedFor asserts that an object that is ready once it exists is not
// waited for beside a slower one, but is waited for alone.
func TestReadyNamesWhatIsWaitedFor(t *testing.T) {
	const service, job = `{"apiVersion": "v1", "kind": "Service"}`, `{"apiVersion": "batch/v1", "kind": "Job"}`
	cases := map[string]struct {
		reason  string
		desired map[string]string
		want    map[string]fnv1.Ready
	}{
		"Beside": {reason: "The Job takes its time.", desired: map[string]string{"service": service, "job": job}, want: map[string]fnv1.Ready{"service": fnv1.Ready_READY_TRUE, "job": fnv1.Ready_READY_FALSE}},
		"Alone":  {reason: "It does not exist yet.", desired: map[string]string{"service": service}, want: map[string]fnv1.Ready{"service": fnv1.Ready_READY_FALSE}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := NewAnswer(state(t, nil))
			for n, o := range tc.desired {
				if err := a.Desire(n, read(t, o)); err != nil {
					t.Fatal(err)
				}
			}
			if err := a.DesireBeside("beside", read(t, job)); err != nil {
				t.Fatal(err)
			}
			rsp := respond(t, a).GetDesired().GetResources()
			tc.want["beside"] = fnv1.Ready_READY_TRUE
			for n, want := range tc.want {
				if got := rsp[n].GetReady(); got != want {
					t.Errorf("%s: %s is %s, want %s", tc.reason, n, got, want)
				}
			}
		})
	}
}
