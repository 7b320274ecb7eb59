package user

import (
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// Fields that have requests of their own.
const (
	fieldRoles    = "roles"
	fieldPassword = "passwordSecretRef"
)

// patched are the fields that a patch of a user changes.
var patched = []string{"username", "email", "nickname", "firstName", "lastName", "position", "locale"} //nolint:gochecknoglobals // A constant in all but syntax.

// compare what is declared with the user. Of the password, and of whether the address is
// verified, a server tells nothing.
func compare(p v1alpha1.UserParameters, user *model.User) drift.Drift {
	var d drift.Drift

	drift.Field(&d, "username", &p.Username, user.Username)
	drift.Field(&d, "email", p.Email, user.Email)
	drift.Field(&d, "nickname", p.Nickname, user.Nickname)
	drift.Field(&d, "firstName", p.FirstName, user.FirstName)
	drift.Field(&d, "lastName", p.LastName, user.LastName)
	drift.Field(&d, "position", p.Position, user.Position)
	drift.Field(&d, "locale", p.Locale, user.Locale)
	drift.Set(&d, fieldRoles, p.Roles, strings.Fields(user.Roles))

	return d
}

// desired is a user to create. It gets the server's default roles until an update. The
// server stores the mark of its creator.
func desired(mg *v1alpha1.User, password string) *model.User {
	p := mg.Spec.ForProvider

	return &model.User{
		Props:         account.Mark(mg, nil),
		Username:      p.Username,
		Email:         ptr.Deref(p.Email, ""),
		EmailVerified: ptr.Deref(p.EmailVerified, false),
		Password:      password,
		Nickname:      ptr.Deref(p.Nickname, ""),
		FirstName:     ptr.Deref(p.FirstName, ""),
		LastName:      ptr.Deref(p.LastName, ""),
		Position:      ptr.Deref(p.Position, ""),
		Locale:        ptr.Deref(p.Locale, ""),
	}
}

// patch of all declared fields, except those that must stay as they are.
func patch(p v1alpha1.UserParameters, left drift.Drift) *model.UserPatch {
	out := &model.UserPatch{
		Username:  &p.Username,
		Email:     p.Email,
		Nickname:  p.Nickname,
		FirstName: p.FirstName,
		LastName:  p.LastName,
		Position:  p.Position,
		Locale:    p.Locale,
	}

	if left.Has("username") {
		out.Username = nil
	}

	if left.Has("email") {
		out.Email = nil
	}

	return out
}

// observation of a user, whose password was last set from a Secret of version.
func observation(user *model.User, version string) v1alpha1.UserObservation {
	return v1alpha1.UserObservation{
		ID:                    user.Id,
		Username:              user.Username,
		Email:                 user.Email,
		Nickname:              user.Nickname,
		FirstName:             user.FirstName,
		LastName:              user.LastName,
		Position:              user.Position,
		Locale:                user.Locale,
		Roles:                 slices.Sorted(strings.FieldsSeq(user.Roles)),
		PasswordSecretVersion: version,
		AuthService:           user.AuthService,
		MFAActive:             user.MfaActive,
		CreateAt:              user.CreateAt,
		UpdateAt:              user.UpdateAt,
		DeleteAt:              user.DeleteAt,
	}
}
