package installation

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Health is what a server says of itself and of what it rests on.
type Health struct {
	Status    string `json:"status"`
	Database  string `json:"database_status"`
	FileStore string `json:"filestore_status"`
}

// OK says whether the server, its database and its file store work.
func (h Health) OK() bool { return h.Status == "OK" && h.Database == "OK" && h.FileStore == "OK" }

// Server is a running server, reached through its Service.
type Server struct {
	address string
	client  *http.Client
}

// Reach the server of an installation through its Service.
func Reach(ctx context.Context, c client.Client, namespace, name string) (*Server, error) {
	service := &corev1.Service{}
	if err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, service); err != nil {
		return nil, errors.Wrapf(err, "cannot read Service %s", name)
	}
	port := fmt.Sprint(service.Spec.Ports[0].Port)
	return &Server{
		address: "http://" + net.JoinHostPort(service.Spec.ClusterIP, port),
		client:  &http.Client{Timeout: 30 * time.Second},
	}, nil
}

// Address of the server, as a URL.
func (s *Server) Address() string { return s.address }

// Ping asks the server for its health, and returns its words as well.
func (s *Server) Ping(ctx context.Context) (Health, string, error) {
	const path = "/api/v4/system/ping?get_server_status=true"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+path, nil)
	if err != nil {
		return Health{}, "", errors.Wrap(err, "cannot make the request")
	}
	rsp, err := s.client.Do(req)
	if err != nil {
		return Health{}, "", errors.Wrap(err, "cannot ask the server")
	}
	defer func() { _ = rsp.Body.Close() }()
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		return Health{}, "", errors.Wrap(err, "cannot read the server's answer")
	}
	h := Health{}
	err = json.Unmarshal(body, &h)
	return h, string(body), errors.Wrapf(err, "cannot understand the server's answer, status %d", rsp.StatusCode)
}
