package secret

import (
	"fmt"
	"strings"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// cluster with the Secret known, which holds text as value.
func cluster(text string) client.Client {
	return fakeclient.NewClientBuilder().WithObjects(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "known", UID: "uid", ResourceVersion: "7"},
		Data:       map[string][]byte{"value": []byte(text)},
	}).Build()
}

func TestGet(t *testing.T) {
	type want struct {
		value Value
		err   error
	}

	cases := map[string]struct {
		reason string
		name   string
		key    string
		text   string
		want   want
	}{
		"Value":   {reason: "a value is without the newline that editors add", name: "known", key: "value", text: "text\n", want: want{value: Value{Text: "text", Version: "uid/7/value"}}},
		"NoKey":   {reason: "a key that is not there is an error", name: "known", key: "other", text: "text", want: want{err: cmpopts.AnyError}},
		"Empty":   {reason: "an empty value is an error", name: "known", key: "value", text: "\n", want: want{err: cmpopts.AnyError}},
		"Missing": {reason: "a Secret that is not there is an error", name: "other", key: "value", text: "text", want: want{err: cmpopts.AnyError}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			ref := xpv2.LocalSecretKeySelector{LocalSecretReference: xpv2.LocalSecretReference{Name: tc.name}, Key: tc.key}
			value, err := Get(t.Context(), cluster(tc.text), "ns", ref)

			if diff := cmp.Diff(tc.want, want{value: value, err: err}, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nGet(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPublished(t *testing.T) {
	cases := map[string]struct {
		reason string
		ref    *xpv2.LocalSecretReference
		want   map[string][]byte
	}{
		"Published": {reason: "what was published is read", ref: &xpv2.LocalSecretReference{Name: "known"}, want: map[string][]byte{"value": []byte("text")}},
		"Missing":   {reason: "a Secret may have to be written yet", ref: &xpv2.LocalSecretReference{Name: "other"}},
		"None":      {reason: "a resource need not publish anything"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.Bot{ObjectMeta: metav1.ObjectMeta{Namespace: "ns"}}
			mg.SetWriteConnectionSecretToReference(tc.ref)

			got, err := Published(t.Context(), cluster("text"), mg)
			if err != nil {
				t.Errorf("\n%s\nPublished(...): %v", tc.reason, err)
			}

			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nPublished(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestValueIsHidden(t *testing.T) {
	if got := fmt.Sprintf("%v %+v %s", Value{Text: "text"}, Value{Text: "text"}, Value{Text: "text"}); strings.Contains(got, "text") {
		t.Errorf("a value is shown: %s", got)
	}
}
