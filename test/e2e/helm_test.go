package e2e

import (
	"context"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestInstallHelmMigration runs the manifest that the user guide gives to those
// who come from the Helm chart, with apiVersion, kind, version and the addresses
// of this cluster changed. Its certificate is the S3 service's: the server reaches
// its files only because the manifest mounts it.
func TestInstallHelmMigration(t *testing.T) {
	xr, err := installation.Example("helm-migration.yaml", "helm")
	if err != nil {
		t.Fatal(err)
	}

	environment.Test(t, features.New("HelmMigration").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareHelmMigration(ctx, t, xr)
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("ServesFromTheBucketOverTLS", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			healthy(ctx, t, xr)
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			if got := deployment(ctx, t, xr).Status.AvailableReplicas; got != 2 {
				t.Errorf("%d replicas are available, want the two of a size with a license", got)
			}
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("IngressHasHostAndCertificate", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			ingress := &networkingv1.Ingress{}
			if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), ingress); err != nil {
				t.Fatal(err)
			}
			host, _, _ := unstructured.NestedString(xr.Object, "spec", "ingress", "host")
			if got := ingress.Spec.Rules[0].Host; got != host {
				t.Errorf("the Ingress serves %q, want %q", got, host)
			}
			if got := ingress.Spec.TLS[0].SecretName; got != "cert" {
				t.Errorf("the Ingress's certificate is %q, want cert", got)
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

func prepareHelmMigration(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	const gateway = "s3-tls"
	if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
		t.Fatal(err)
	}
	certificate, err := backends.NewCertificate(gateway + "." + xr.GetNamespace() + ".svc")
	if err != nil {
		t.Fatal(err)
	}
	url, err := storage.Postgres.Database(ctx, xr.GetNamespace())
	if err != nil {
		t.Fatal(err)
	}
	secret(ctx, t, xr, "cert", map[string]string{
		"tls.crt": certificate.Certificate, "tls.key": certificate.Key, "mycert.pem": certificate.Authority,
	})
	s3, err := backends.RunS3(ctx, cluster, xr.GetNamespace(), backends.S3Options{Name: gateway, TLSSecret: "cert", Roots: certificate.Roots})
	if err != nil {
		t.Fatal(err)
	}
	// The guide keeps the licence in the database's Secret.
	secret(ctx, t, xr, "mattermost-db-secret", map[string]string{"DB_CONNECTION_STRING": url, "license": "none"})
	secret(ctx, t, xr, "s3-secret", map[string]string{"accesskey": s3.AccessKey, "secretkey": s3.SecretKey})
	bucket, _, _ := unstructured.NestedString(xr.Object, "spec", "fileStore", "external", "bucket")
	if err := s3.Bucket(ctx, bucket); err != nil {
		t.Fatal(err)
	}
	set(t, xr, s3.Endpoint, "spec", "fileStore", "external", "url")
}

func secret(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, name string, values map[string]string) {
	t.Helper()
	if err := kube.Secret(ctx, cluster, xr.GetNamespace(), name, values); err != nil {
		t.Fatal(err)
	}
}
