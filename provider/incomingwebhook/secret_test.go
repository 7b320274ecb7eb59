package incomingwebhook

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// TestURLStaysSecret proves that the id of a webhook, which is all of its URL that is
// secret, is neither in the object nor in an error.
func TestURLStaysSecret(t *testing.T) {
	server := &fake{hooks: []*model.IncomingWebhook{existing()}}
	mg := declared()

	if _, err := (&external{server: server, url: "http://chat", kube: cluster(hookURL)}).Observe(t.Context(), mg); err != nil {
		t.Fatal(err)
	}

	j, err := json.Marshal(mg)
	if err != nil {
		t.Fatal(err)
	}

	if strings.Contains(string(j), id) {
		t.Errorf("the id is in the object: %s", j)
	}

	unreachable := &url.Error{Op: "Get", URL: "http://chat/api/v4/hooks/incoming/" + id, Err: errors.New("boom")}

	for _, call := range []string{"GetIncomingWebhook", "UpdateIncomingWebhook", "DeleteIncomingWebhook"} {
		e := &external{server: &fake{hooks: server.hooks, Record: kindtest.Fails(call, unreachable)}, kube: cluster(hookURL)}
		mg := declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") })

		_, updated := e.Update(t.Context(), mg)
		_, deleted := e.Delete(t.Context(), mg)

		if err := errors.Join(updated, deleted); err == nil || strings.Contains(err.Error(), id) {
			t.Errorf("%s fails: there is no error, or the id is in it: %v", call, err)
		}
	}
}

// TestURLStaysSecretWithoutServer proves the same of the errors of the real client.
func TestURLStaysSecretWithoutServer(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	server, err := mattermost.NewClient(mattermost.Endpoint{
		URL: closed.URL, Credentials: mattermost.Credentials{Token: "token"}, RequestsPerSecond: 10, Burst: 10,
	}, mattermost.NewRequests())
	if err != nil {
		t.Fatal(err)
	}

	_, err = (&external{server: server, url: closed.URL, kube: cluster(hookURL)}).Observe(t.Context(), declared())
	if err == nil || strings.Contains(err.Error(), id) {
		t.Errorf("there is no error, or the id is in it: %v", err)
	}
}
