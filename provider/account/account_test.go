package account

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestCreatedBy(t *testing.T) {
	mg := &metav1.ObjectMeta{Name: "ann", UID: "one"}

	type want struct{ created, marked bool }

	cases := map[string]struct {
		reason string
		mg     *metav1.ObjectMeta
		props  model.StringMap
		want   want
	}{
		"Own":       {reason: "the mark has the UID of the object that created the account", mg: mg, props: Mark(mg, nil), want: want{created: true, marked: true}},
		"Another":   {reason: "an object that is created again has another UID", mg: &metav1.ObjectMeta{Name: "ann", UID: "two"}, props: Mark(mg, nil), want: want{marked: true}},
		"Foreign":   {reason: "no object created an account without a mark", mg: mg},
		"NoUID":     {reason: "an object without a UID created nothing", mg: &metav1.ObjectMeta{Name: "ann"}},
		"EmptyNote": {reason: "an empty mark is no mark", mg: &metav1.ObjectMeta{Name: "ann"}, props: model.StringMap{property: ""}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			user := &model.User{Props: tc.props}
			if diff := cmp.Diff(tc.want, want{created: CreatedBy(tc.mg, user), marked: Marked(user)}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestMarkKeepsProperties asserts that the mark removes no property, and does not change
// its argument.
func TestMarkKeepsProperties(t *testing.T) {
	before := model.StringMap{"theme": "dark"}

	if diff := cmp.Diff(model.StringMap{"theme": "dark", property: "one"}, Mark(&metav1.ObjectMeta{UID: "one"}, before)); diff != "" {
		t.Errorf("Mark(...): -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(model.StringMap{"theme": "dark"}, before); diff != "" {
		t.Errorf("what it was given: -want, +got:\n%s", diff)
	}
}
