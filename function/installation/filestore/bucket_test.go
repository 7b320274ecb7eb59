package filestore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestFileStoreEnv(t *testing.T) {
	cases := map[string]struct {
		reason string
		store  v1alpha1.FileStore
		want   []string
	}{
		"PlainHTTP": {
			reason: "A URL that begins with http:// turns TLS off.",
			store:  v1alpha1.FileStore{External: &v1alpha1.ExternalFileStore{URL: "http://s3:7070", Bucket: "b", UseServiceAccount: true}},
			want:   []string{"MM_FILESETTINGS_DRIVERNAME=amazons3", "MM_FILESETTINGS_AMAZONS3BUCKET=b", "MM_FILESETTINGS_AMAZONS3ENDPOINT=s3:7070", "MM_FILESETTINGS_AMAZONS3SSL=false"},
		},
		"TLS": {
			reason: "A URL that begins with https:// says what is the default.",
			store:  v1alpha1.FileStore{External: &v1alpha1.ExternalFileStore{URL: "https://s3.example.com", Bucket: "b", Secret: "files"}},
			want: []string{
				"MM_FILESETTINGS_DRIVERNAME=amazons3", "MM_FILESETTINGS_AMAZONS3BUCKET=b", "MM_FILESETTINGS_AMAZONS3ENDPOINT=s3.example.com", "MM_FILESETTINGS_AMAZONS3SSL=true",
				"MM_FILESETTINGS_AMAZONS3ACCESSKEYID<files/accesskey", "MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY<files/secretkey",
			},
		},
		"ServiceAccount": {
			reason: "The cloud identity of the ServiceAccount needs no keys.",
			store:  v1alpha1.FileStore{External: &v1alpha1.ExternalFileStore{URL: "s3.amazonaws.com", Bucket: "b", UseServiceAccount: true}},
			want:   []string{"MM_FILESETTINGS_DRIVERNAME=amazons3", "MM_FILESETTINGS_AMAZONS3BUCKET=b", "MM_FILESETTINGS_AMAZONS3ENDPOINT=s3.amazonaws.com", "MM_FILESETTINGS_AMAZONS3SSL=true"},
		},
		"ExternalVolume": {
			reason: "A volume is a directory, whoever made it.",
			store:  v1alpha1.FileStore{ExternalVolume: &v1alpha1.ExternalVolume{VolumeClaimName: "v"}},
			want:   []string{"MM_FILESETTINGS_DRIVERNAME=local", "MM_FILESETTINGS_DIRECTORY=/mattermost/data"},
		},
		"Local": {
			reason: "A volume is a directory.",
			store:  v1alpha1.FileStore{Local: &v1alpha1.LocalFileStore{Enabled: true}},
			want:   []string{"MM_FILESETTINGS_DRIVERNAME=local", "MM_FILESETTINGS_DIRECTORY=/mattermost/data"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := factstest.Flat(part(&facts.Facts{Spec: v1alpha1.MattermostInstallationSpec{FileStore: &tc.store}}).Env)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
