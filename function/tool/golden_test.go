package tool

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// full policy, and run with a bit of everything.
func full() (v1beta1.Input, Run) {
	size := resource.MustParse("20Gi")
	policy := v1beta1.Input{
		Registry:         "registry.example.com/mirror",
		ImagePullSecrets: []string{"registry"},
		Tool: &v1beta1.Tool{
			Image:       "ghcr.io/team/dbtool:v2",
			Resources:   &corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("4Gi")}},
			ScratchSize: &size,
		},
	}
	source := v1alpha1.DataSource{Engine: "PostgreSQL", SecretName: "db", URLKey: "DB_CONNECTION_STRING"}
	return policy, Run{
		Name:           "nightly-backup",
		Labels:         map[string]string{LabelBackup: "nightly"},
		ServiceAccount: "chat",
		Command:        job.CommandBackup,
		Env:            slices.Concat(Database(source), StoreOfRestoreSecret("aws", "backups")),
		Volume:         &Volume{ClaimName: "chat", ReadOnly: true, Beside: map[string]string{"app": "mattermost"}},
		Deadline:       time.Hour,
	}
}

func bare() (v1beta1.Input, Run) {
	return v1beta1.Input{}, Run{Name: "restore-check", ServiceAccount: "chat", Command: job.CommandCheck}
}

func TestGolden(t *testing.T) {
	all := map[string]any{
		"job":      Job(full()),
		"job-bare": Job(bare()),
		"cronjob": func() any {
			policy, run := full()
			return CronJob(policy, run, Schedule{Cron: "0 3 * * *", TimeZone: "Europe/Berlin", Suspend: true})
		}(),
	}
	composetest.GoldenObjects(t, all)
}

// TestImageIsOfThisRelease compares the tool's tag with the version that is built.
func TestImageIsOfThisRelease(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "ARG VERSION="+release+"\n") {
		t.Errorf("the Dockerfile builds another version than %s", release)
	}
}
