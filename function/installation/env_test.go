package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

func TestServerEnv(t *testing.T) {
	spec := `
database: {external: {secret: db}}
fileStore: {external: {url: s3.example.com, bucket: b, secret: s3}}
elasticSearch: {host: 'https://search', secret: es}
ingress: {host: chat.example.com}
licenseSecret: license
mattermostEnv: [{name: MM_CLUSTERSETTINGS_CLUSTERNAME, value: mine}, {name: MM_OTHER, value: other}]
`
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
	if diff := cmp.Diff(want, factstest.Flat(assembled(t, spec).Env)); diff != "" {
		t.Errorf("-want, +got environment:\n%s", diff)
	}
}

func TestMerge(t *testing.T) {
	generated := []corev1.EnvVar{pod.FromSecret("A", "s", "k"), {Name: "B", Value: "generated"}, {Name: "C"}}
	users := []corev1.EnvVar{{Name: "Z", Value: "new"}, {Name: "A", Value: "plain"}, pod.FromSecret("B", "mine", "k"), {Name: "Y", Value: "new"}}
	got := factstest.Flat(merge(generated, users))
	if diff := cmp.Diff([]string{"A=plain", "B<mine/k", "C=", "Z=new", "Y=new"}, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A<s/k", "B=generated", "C="}, factstest.Flat(generated)); diff != "" {
		t.Errorf("what was generated changed, -want, +got:\n%s", diff)
	}
}
