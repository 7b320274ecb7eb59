package mattermost

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// errUnreadable is the error for an answer that no server of Mattermost gives.
var errUnreadable = errors.New("it does not speak HTTP or TLS, or its headers are larger than 64 KiB")

// closedIdle is the text of an error that Go's HTTP client does not export. A server may close
// a connection at the moment when it is used again.
const closedIdle = "http: server closed idle connection"

// discreet returns err without text of the other side. Errors of Go's HTTP client repeat
// text that they do not expect, such as the greeting of another protocol, or the names in a
// certificate. spec.url may lead to a server whose answers are not for the tenant.
func discreet(err error) error {
	connection, record, certificate := &net.OpError{}, tls.RecordHeaderError{}, &tls.CertificateVerificationError{}

	switch {
	case err == nil, timedOut(err), errors.As(err, &connection), err.Error() == closedIdle:
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, http.ErrSchemeMismatch):
		return err
	case errors.As(err, &record):
		return errors.New(record.Error())
	case errors.As(err, &certificate):
		return errors.New("cannot trust the server: " + mistrust(certificate.Err))
	default:
		return errUnreadable
	}
}

// mistrust says why a certificate is not trusted, without what it says.
func mistrust(err error) string {
	authority, host, invalid := x509.UnknownAuthorityError{}, x509.HostnameError{}, x509.CertificateInvalidError{}

	switch {
	case errors.As(err, &authority):
		return "its certificate is signed by an unknown authority"
	case errors.As(err, &host):
		return "its certificate is for another host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired or is not yet valid"
	default:
		return "its certificate is not valid"
	}
}
