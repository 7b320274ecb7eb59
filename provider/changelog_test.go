package provider

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	changelogs "github.com/crossplane/crossplane-runtime/v2/apis/changelogs/proto/v1alpha1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// sidecar keeps the entries of change logs that it is sent.
type sidecar struct {
	changelogs.UnimplementedChangeLogServiceServer

	entries []*changelogs.ChangeLogEntry
}

func (s *sidecar) SendChangeLog(_ context.Context, req *changelogs.SendChangeLogRequest) (*changelogs.SendChangeLogResponse, error) {
	s.entries = append(s.entries, req.GetEntry())
	return &changelogs.SendChangeLogResponse{}, nil
}

// TestChangeLogReachesItsSocket sends a change as controllers do, to a server where a
// sidecar would have one.
func TestChangeLogReachesItsSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "changelogs.sock")

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}

	received := &sidecar{}
	server := grpc.NewServer()
	changelogs.RegisterChangeLogServiceServer(server, received)

	ended := make(chan error, 1)

	go func() { ended <- server.Serve(listener) }()

	t.Cleanup(func() {
		server.Stop()

		if err := <-ended; err != nil {
			t.Error(err)
		}
	})

	log, err := changeLogOptions(Options{Version: "v1.2.3", ChangeLogSocket: socket})
	if err != nil {
		t.Fatal(err)
	}

	mg := &v1alpha1.Team{}
	mg.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.TeamKind))
	mg.SetName("core")
	meta.SetExternalName(mg, "d3wb1ckq3pycbbhnsphtrdxzdc")

	update := changelogs.OperationType_OPERATION_TYPE_UPDATE
	if err := log.ChangeLogger.Log(t.Context(), mg, update, errors.New("the server is away"), nil); err != nil {
		t.Fatal(err)
	}

	message := "the server is away"
	want := []*changelogs.ChangeLogEntry{{
		Provider: "provider-mattermost:v1.2.3", ApiVersion: v1alpha1.GroupVersion.String(), Kind: "Team",
		Name: "core", ExternalName: "d3wb1ckq3pycbbhnsphtrdxzdc", Operation: update, ErrorMessage: &message,
	}}

	ignored := protocmp.IgnoreFields(&changelogs.ChangeLogEntry{}, "timestamp", "snapshot")
	if diff := cmp.Diff(want, received.entries, protocmp.Transform(), ignored); diff != "" {
		t.Errorf("entries: -want, +got:\n%s", diff)
	}
}
