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
			got := flat(fileStoreEnv(gathered{spec: v1alpha1.MattermostInstallationSpec{FileStore: &tc.store}}))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDatabaseEnv(t *testing.T) {
	cases := map[string]struct {
		reason string
		keys   map[string]string
		want   []string
	}{
		"ConnectionString": {
			reason: "One URL serves for both.",
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING"},
		},
		"DataSource": {
			reason: "A data source that differs has a key of its own.",
			keys:   map[string]string{"MM_SQLSETTINGS_DATASOURCE": "x"},
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/MM_SQLSETTINGS_DATASOURCE"},
		},
		"EmptyDataSource": {
			reason: "A key without a value is none.",
			keys:   map[string]string{"MM_SQLSETTINGS_DATASOURCE": "", "MM_SQLSETTINGS_DATASOURCEREPLICAS": ""},
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING"},
		},
		"Replicas": {
			reason: "Read replicas follow.",
			keys:   map[string]string{"MM_SQLSETTINGS_DATASOURCEREPLICAS": "x y", "DB_CONNECTION_CHECK_URL": "x"},
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCEREPLICAS<db/MM_SQLSETTINGS_DATASOURCEREPLICAS"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: accepted, secrets: map[string]map[string]string{"db": tc.keys}}.gather(t)
			if diff := cmp.Diff(tc.want, flat(databaseEnv(g))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSearchEnv(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   string
		want   []string
	}{
		"None":     {reason: "There is no search engine.", spec: ""},
		"Empty":    {reason: "A manifest of the operator may hold an empty object.", spec: "elasticSearch: {}"},
		"NoHost":   {reason: "It is off while host is empty.", spec: "elasticSearch: {secret: s}"},
		"NoSecret": {reason: "An engine may be open.", spec: "elasticSearch: {host: h}", want: []string{"MM_ELASTICSEARCHSETTINGS_ENABLEINDEXING=true", "MM_ELASTICSEARCHSETTINGS_ENABLESEARCHING=true", "MM_ELASTICSEARCHSETTINGS_CONNECTIONURL=h"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, flat(searchEnv(given{spec: tc.spec}.gather(t)))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSiteURL(t *testing.T) {
	for spec, want := range map[string]string{
		"{}":                        "",
		"ingress: {enabled: false}": "",
		"ingress: {enabled: true, host: chat.example.com}":  "https://chat.example.com",
		"ingress: {enabled: false, host: chat.example.com}": "https://chat.example.com",
	} {
		got := ""
		for _, e := range generalEnv(given{spec: spec}.gather(t)) {
			if e.Name == "MM_SERVICESETTINGS_SITEURL" {
				got = e.Value
			}
		}
		if got != want {
			t.Errorf("%s: site URL %q, want %q", spec, got, want)
		}
	}
}

func TestMerge(t *testing.T) {
	generated := []corev1.EnvVar{fromSecret("A", "s", "k"), {Name: "B", Value: "generated"}, {Name: "C"}}
	users := []corev1.EnvVar{{Name: "Z", Value: "new"}, {Name: "A", Value: "plain"}, fromSecret("B", "mine", "k"), {Name: "Y", Value: "new"}}
	got := flat(merge(generated, users))
	if diff := cmp.Diff([]string{"A=plain", "B<mine/k", "C=", "Z=new", "Y=new"}, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A<s/k", "B=generated", "C="}, flat(generated)); diff != "" {
		t.Errorf("what was generated changed, -want, +got:\n%s", diff)
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
	if got := maxFileSize(gathered{}); got != 1048576000 {
		t.Errorf("without Ingress: largest file %d, want 1048576000", got)
	}
}
