package serve

import (
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

func TestServerRequiresClientCertificates(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	certificate, key := ours.issue(t, 10)
	server := start(t, echo, Options{CertificatesDirectory: newMountedSecret(t, certificate, key, ours.pem).dir})

	cases := map[string]struct {
		reason string
		creds  credentials.TransportCredentials
		want   codes.Code
	}{
		"Trusted":       {reason: "a client with a certificate of the authority is served", creds: ours.clientCredentials(t, ours), want: codes.OK},
		"NoCertificate": {reason: "a client without a certificate is refused", creds: ours.clientCredentials(t, nil), want: codes.Unavailable},
		"Untrusted":     {reason: "a client of another authority is refused", creds: ours.clientCredentials(t, theirs), want: codes.Unavailable},
		"PlainText":     {reason: "a client without TLS is refused", creds: insecure.NewCredentials(), want: codes.Unavailable},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, server.dial(t, tc.creds), tagged("tls"))
			if diff := cmp.Diff(tc.want, status.Code(err)); diff != "" {
				t.Errorf("\n%s\nRunFunction(...): -want code, +got code:\n%s\n%v", tc.reason, diff, err)
			}
		})
	}
}

// serial calls over conn and returns the serial number of the certificate that
// the server of the connection showed, 0 when the call failed.
func serial(t *testing.T, conn *grpc.ClientConn) int64 {
	t.Helper()

	p := &peer.Peer{}
	if _, err := fnv1.NewFunctionRunnerServiceClient(conn).RunFunction(t.Context(), tagged("serial"), grpc.Peer(p)); err != nil {
		t.Logf("RunFunction(...): %v", err)
		return 0
	}

	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok {
		t.Fatalf("the connection is not TLS: %T", p.AuthInfo)
	}

	return info.State.PeerCertificates[0].SerialNumber.Int64()
}

func TestServerFollowsItsCertificates(t *testing.T) {
	before, after := newAuthority(t), newAuthority(t)

	certificate, key := before.issue(t, 10)
	mounted := newMountedSecret(t, certificate, key, before.pem)
	server := start(t, echo, Options{CertificatesDirectory: mounted.dir})

	kept := server.dial(t, before.clientCredentials(t, before))
	if diff := cmp.Diff(int64(10), serial(t, kept)); diff != "" {
		t.Fatalf("certificate at first: -want serial, +got serial:\n%s", diff)
	}

	certificate, key = after.issue(t, 11)
	mounted.set(t, certificate, key, after.pem)

	got := map[string]int64{
		"new client, new authority":   serial(t, server.dial(t, after.clientCredentials(t, after))),
		"new client, old authority":   serial(t, server.dial(t, before.clientCredentials(t, before))),
		"client connected beforehand": serial(t, kept),
	}
	want := map[string]int64{
		"new client, new authority":   11,
		"new client, old authority":   0,
		"client connected beforehand": 10,
	}

	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("certificates after the change: -want serials, +got serials:\n%s", diff)
	}
}

func TestServerKeepsGoodCertificates(t *testing.T) {
	ca := newAuthority(t)
	certificate, key := ca.issue(t, 10)
	otherCertificate, otherKey := ca.issue(t, 11)

	cases := map[string]struct {
		reason                     string
		certificate, key, clientCA []byte
		want                       string
	}{
		"Mismatch": {
			reason:      "a certificate of another key cannot be served",
			certificate: otherCertificate, key: key, clientCA: ca.pem,
			want: "cannot use tls.crt with tls.key",
		},
		"Garbage": {
			reason:      "a certificate that cannot be parsed cannot be served",
			certificate: []byte("garbage"), key: key, clientCA: ca.pem,
			want: "cannot use tls.crt with tls.key",
		},
		"NoAuthority": {
			reason:      "without an authority no client could be let in",
			certificate: otherCertificate, key: otherKey, clientCA: []byte("garbage"),
			want: "cannot use ca.crt",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mounted := newMountedSecret(t, certificate, key, ca.pem)
			server := start(t, echo, Options{CertificatesDirectory: mounted.dir})

			mounted.set(t, tc.certificate, tc.key, tc.clientCA)

			// Twice: the problem is to be told once, not for each connection.
			for range 2 {
				if diff := cmp.Diff(int64(10), serial(t, server.dial(t, ca.clientCredentials(t, ca)))); diff != "" {
					t.Errorf("\n%s\ncertificate served: -want serial, +got serial:\n%s", tc.reason, diff)
				}
			}

			if diff := cmp.Diff(1, strings.Count(server.log.text(), tc.want)); diff != "" {
				t.Errorf("\n%s\ntimes %q is logged: -want, +got:\n%s\n%s", tc.reason, tc.want, diff, server.log.text())
			}

			mounted.set(t, otherCertificate, otherKey, ca.pem)

			if diff := cmp.Diff(int64(11), serial(t, server.dial(t, ca.clientCredentials(t, ca)))); diff != "" {
				t.Errorf("\n%s\ncertificate after the remedy: -want serial, +got serial:\n%s", tc.reason, diff)
			}
		})
	}
}
