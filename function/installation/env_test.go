package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
)

// flat writes a variable as name=value, or name<secret/key.
func flat(env []corev1.EnvVar) []string {
	var out []string
	for _, e := range env {
		if e.ValueFrom == nil {
			out = append(out, e.Name+"="+e.Value)
			continue
		}
		out = append(out, e.Name+"<"+e.ValueFrom.SecretKeyRef.Name+"/"+e.ValueFrom.SecretKeyRef.Key)
	}
	return out
}

func TestServerEnv(t *testing.T) {
	g := gathered{spec: v1alpha1.MattermostInstallationSpec{
		Database:      &v1alpha1.Database{External: &v1alpha1.ExternalDatabase{Secret: "db"}},
		FileStore:     &v1alpha1.FileStore{External: &v1alpha1.ExternalFileStore{URL: "s3.example.com", Bucket: "b", Secret: "s3"}},
		ElasticSearch: &v1alpha1.ElasticSearch{Host: "https://search", Secret: "es"},
		Ingress:       &v1alpha1.Ingress{Host: "chat.example.com"},
		LicenseSecret: "license",
		MattermostEnv: []v1alpha1.EnvVar{
			{Name: "MM_CLUSTERSETTINGS_CLUSTERNAME", Value: "mine"},
			{Name: "MM_OTHER", Value: "other"},
		},
	}}
	want := []string{
		"MM_CONFIG<db/DB_CONNECTION_STRING",
		"MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING",
		"MM_FILESETTINGS_DRIVERNAME=amazons3",
		"MM_FILESETTINGS_AMAZONS3BUCKET=b",
		"MM_FILESETTINGS_AMAZONS3ENDPOINT=s3.example.com",
		"MM_FILESETTINGS_AMAZONS3SSL=true",
		"MM_FILESETTINGS_AMAZONS3ACCESSKEYID<s3/accesskey",
		"MM_FILESETTINGS_AMAZONS3SECRETACCESSKEY<s3/secretkey",
		"MM_ELASTICSEARCHSETTINGS_ENABLEINDEXING=true",
		"MM_ELASTICSEARCHSETTINGS_ENABLESEARCHING=true",
		"MM_ELASTICSEARCHSETTINGS_CONNECTIONURL=https://search",
		"MM_ELASTICSEARCHSETTINGS_USERNAME<es/username",
		"MM_ELASTICSEARCHSETTINGS_PASSWORD<es/password",
		"MM_PLUGINSETTINGS_ENABLEUPLOADS=true",
		"MM_METRICSSETTINGS_ENABLE=true",
		"MM_METRICSSETTINGS_LISTENADDRESS=:8067",
		"MM_CLUSTERSETTINGS_ENABLE=true",
		"MM_CLUSTERSETTINGS_CLUSTERNAME=mine",
		"MM_INSTALL_TYPE=kubernetes-operator",
		"MM_SERVICESETTINGS_SITEURL=https://chat.example.com",
		"MM_FILESETTINGS_MAXFILESIZE=1048576000",
		"MM_SERVICESETTINGS_LICENSEFILELOCATION=/mattermost-license/license",
		"MM_OTHER=other",
	}
	if diff := cmp.Diff(want, flat(serverEnv(g))); diff != "" {
		t.Errorf("-want, +got environment:\n%s", diff)
	}
}

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
		"Local": {
			reason: "A volume is a directory.",
			store:  v1alpha1.FileStore{Local: &v1alpha1.LocalFileStore{Enabled: true}},
			want:   []string{"MM_FILESETTINGS_DRIVERNAME=local", "MM_FILESETTINGS_DIRECTORY=/mattermost/data"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := flat(fileStoreEnv(gathered{spec: v1alpha1.MattermostInstallationSpec{FileStore: &tc.store}}))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestMaxFileSize(t *testing.T) {
	for size, want := range map[v1alpha1.AnnotationValue]int64{
		"50m": 50 << 20, "50M": 50 << 20, "2G": 2 << 30, "2g": 2 << 30,
		"": 1048576000, "0": 1048576000, "10k": 1048576000, "12345": 1048576000, "junk": 1048576000, "99999999999999999G": 1048576000,
	} {
		g := gathered{spec: v1alpha1.MattermostInstallationSpec{Ingress: &v1alpha1.Ingress{
			Annotations: map[string]v1alpha1.AnnotationValue{annotationBodySize: size},
		}}}
		if got := maxFileSize(g); got != want {
			t.Errorf("body size %q: largest file %d, want %d", size, got, want)
		}
	}
}
