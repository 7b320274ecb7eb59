package command

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err   error
		calls []string
		wrote *model.Command
		moved string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Command
		want   want
	}{
		"Properties": {
			reason: "properties are written, and those that are not declared are left alone",
			server: &fake{commands: []*model.Command{existing(func(command *model.Command) { command.Username = "theirs" })}},
			mg:     declared(named, func(mg *v1alpha1.Command) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				calls: []string{"GetCommandById", "UpdateCommand"},
				wrote: existing(func(command *model.Command) { command.Username, command.Description = "theirs", "new" }),
			},
		},
		"Everything": {
			reason: "every field that can change is written",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(named, different),
			want:   want{calls: []string{"GetCommandById", "UpdateCommand"}, wrote: asDifferent(existing())},
		},
		"Team": {
			reason: "a command moves to another team, where the rest of it is written",
			server: &fake{commands: []*model.Command{existing()}},
			mg: declared(named, func(mg *v1alpha1.Command) {
				mg.Spec.ForProvider.TeamID, mg.Spec.ForProvider.Description = ptr.To(other), ptr.To("new")
			}),
			want: want{
				calls: []string{"GetCommandById", "MoveCommand", "UpdateCommand"},
				moved: other,
				wrote: existing(func(command *model.Command) { command.TeamId, command.Description = other, "new" }),
			},
		},
		"CannotMove": {
			reason: "an error ends the update",
			server: &fake{commands: []*model.Command{existing()}, Record: kindtest.Fails("MoveCommand", boom)},
			mg: declared(named, func(mg *v1alpha1.Command) {
				mg.Spec.ForProvider.TeamID, mg.Spec.ForProvider.Description = ptr.To(other), ptr.To("new")
			}),
			want: want{err: boom, calls: []string{"GetCommandById", "MoveCommand"}, moved: other},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{commands: []*model.Command{existing()}},
			mg:     declared(named),
			want:   want{calls: []string{"GetCommandById"}},
		},
		"Gone": {
			reason: "a command that is gone is not updated",
			server: &fake{},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetCommandById", "ListCommands"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetCommandById", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetCommandById"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{commands: []*model.Command{existing()}, Record: kindtest.Fails("UpdateCommand", boom)},
			mg:     declared(named, func(mg *v1alpha1.Command) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				err:   boom,
				calls: []string{"GetCommandById", "UpdateCommand"},
				wrote: existing(func(command *model.Command) { command.Description = "new" }),
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote, moved: tc.server.moved}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
