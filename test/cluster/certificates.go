package main

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// certManager is the API group of what a manifest asks cert-manager for, which is not in
// this cluster.
const certManager = "cert-manager.io"

// issueCertificates makes the Secrets of the certificates that a manifest asks
// cert-manager for, and returns the other objects of the manifest. A Secret that is
// there stays: programs that read it need not start again.
func (b *bringUp) issueCertificates(ctx context.Context, manifest []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	var others []*unstructured.Unstructured

	for _, o := range manifest {
		kind := o.GroupVersionKind()
		if kind.Group != certManager {
			others = append(others, o)

			continue
		}

		if kind.Kind != "Certificate" {
			// An issuer: there is one for each certificate.
			continue
		}

		secret, err := issued(o)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot issue certificate %s", o.GetName())
		}

		if err := client.IgnoreAlreadyExists(b.api.Create(ctx, secret)); err != nil {
			return nil, errors.Wrapf(err, "cannot keep certificate %s", o.GetName())
		}
	}

	return others, nil
}

// issued is the Secret of a certificate. An authority of its own signs it, is kept beside
// it for whoever trusts the Secret, and signs nothing else: the cluster's own authority
// would let a client into the API server.
func issued(certificate *unstructured.Unstructured) (*corev1.Secret, error) {
	spec := certificate.UnstructuredContent()
	text := func(field string) string {
		value, _, _ := unstructured.NestedString(spec, "spec", field)

		return value
	}
	hosts, _, _ := unstructured.NestedStringSlice(spec, "spec", "dnsNames")

	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}

	made, err := ca.issue(subject{name: text("commonName"), hosts: hosts})
	if err != nil {
		return nil, err
	}

	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: certificate.GetNamespace(), Name: text("secretName")},
		Type:       corev1.SecretTypeTLS,
		Data: map[string][]byte{
			corev1.TLSCertKey:       slices.Concat(made.certificate, ca.pem),
			corev1.TLSPrivateKeyKey: made.key,
		},
	}, nil
}
