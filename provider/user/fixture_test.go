package user

import (
	"context"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const id = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

// fake is a server with at most one user, that records what it was asked.
type fake struct {
	kindtest.Record

	user *model.User
	// own says that the provider uses this account.
	own bool

	created *model.User
	patched *model.UserPatch
	said    []string
}

func (f *fake) call(name string, said ...string) error {
	f.said = append(f.said, said...)
	return f.Call(name)
}

func (f *fake) get(name string, found bool) (*model.User, *model.Response, error) {
	if err := f.call(name); err != nil {
		return nil, nil, err
	}

	if !found {
		return nil, nil, &model.AppError{StatusCode: http.StatusNotFound, Message: "not found"}
	}

	user := *f.user

	return &user, nil, nil
}

func (f *fake) GetUser(_ context.Context, id, _ string) (*model.User, *model.Response, error) {
	return f.get("GetUser", f.user != nil && f.user.Id == id)
}

func (f *fake) GetMe(context.Context, string) (*model.User, *model.Response, error) {
	me := &model.User{Id: model.NewId(), Username: "admin"}
	if f.own {
		me = f.user
	}

	return me, nil, f.call("GetMe")
}

func (f *fake) GetUserByUsername(_ context.Context, username, _ string) (*model.User, *model.Response, error) {
	return f.get("GetUserByUsername", f.user != nil && f.user.Username == username)
}

func (f *fake) CreateUser(_ context.Context, user *model.User) (*model.User, *model.Response, error) {
	f.created = user
	return &model.User{Id: id, Username: user.Username}, nil, f.call("CreateUser")
}

func (f *fake) PatchUser(_ context.Context, _ string, patch *model.UserPatch) (*model.User, *model.Response, error) {
	f.patched = patch
	return nil, nil, f.call("PatchUser")
}

func (f *fake) UpdateUserActive(context.Context, string, bool) (*model.Response, error) {
	return nil, f.call("UpdateUserActive")
}

func (f *fake) UpdateUserRoles(_ context.Context, _, roles string) (*model.Response, error) {
	return nil, f.call("UpdateUserRoles", roles)
}

func (f *fake) UpdateUserPassword(_ context.Context, _, current, next string) (*model.Response, error) {
	return nil, f.call("UpdateUserPassword", current, next)
}

func (f *fake) VerifyUserEmailWithoutToken(context.Context, string) (*model.User, *model.Response, error) {
	return nil, nil, f.call("VerifyUserEmailWithoutToken")
}

func (f *fake) DeleteUser(context.Context, string) (*model.Response, error) {
	return nil, f.call("DeleteUser")
}

func (f *fake) PermanentDeleteUser(context.Context, string) (*model.Response, error) {
	return nil, f.call("PermanentDeleteUser")
}

// secrets are Secrets by name, and a publisher that puts what it is given there.
type secrets map[string]map[string]string

func (s secrets) passwords() passwords {
	return passwords{
		kube: &test.MockClient{MockGet: func(_ context.Context, key client.ObjectKey, into client.Object) error {
			data, ok := s[key.Name]
			if !ok {
				return kerrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, key.Name)
			}

			secret := into.(*corev1.Secret) //nolint:forcetypeassert // Nothing else is asked for.
			secret.UID, secret.ResourceVersion, secret.Data = "uid", "7", map[string][]byte{}

			for k, v := range data {
				secret.Data[k] = []byte(v)
			}

			return nil
		}},
		publisher: s,
	}
}

func (s secrets) PublishConnection(_ context.Context, mg resource.LocalConnectionSecretOwner, details managed.ConnectionDetails) (bool, error) {
	if s["refusing"] != nil {
		return false, errors.New("boom")
	}

	published := map[string]string{}
	for k, v := range details {
		published[k] = string(v)
	}

	s[mg.GetWriteConnectionSecretToReference().Name] = published

	return true, nil
}

// declared returns a User named ann, changed by change.
func declared(change ...func(mg *v1alpha1.User)) *v1alpha1.User {
	mg := &v1alpha1.User{
		ObjectMeta: metav1.ObjectMeta{UID: "uid"},
		Spec: v1alpha1.UserSpec{ForProvider: v1alpha1.UserParameters{
			Username: "ann", Email: ptr.To("ann@example.org"), Deletion: v1alpha1.DeletionArchive,
		}},
	}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.User) { meta.SetExternalName(mg, id) }

func connected(mg *v1alpha1.User) {
	mg.Spec.WriteConnectionSecretToReference = &xpv2.LocalSecretReference{Name: "connection"}
}

func withPassword(mg *v1alpha1.User) {
	mg.Spec.ForProvider.PasswordSecretRef = &xpv2.LocalSecretKeySelector{LocalSecretReference: xpv2.LocalSecretReference{Name: "own"}, Key: "pw"}
}

func setFrom(version string) func(mg *v1alpha1.User) {
	return func(mg *v1alpha1.User) { mg.Status.AtProvider.PasswordSecretVersion = version }
}

func deleted(mg *v1alpha1.User) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.User) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

// takeOver an account, whoever created it.
func takeOver(mg *v1alpha1.User) { mg.Spec.ForProvider.TakeOver = true }

// existing returns user ann, which the declared User created, with changes.
func existing(change ...func(user *model.User)) *model.User {
	user := &model.User{Id: id, Username: "ann", Email: "ann@example.org", Roles: "system_user", Props: account.Mark(declared(), nil)}

	for _, c := range change {
		c(user)
	}

	return user
}

func deactivated(user *model.User) { user.DeleteAt = 1 }

// foreign is an account that no managed resource created.
func foreign(user *model.User) { user.Props = nil }

// ofAnother is an account that another managed resource created.
func ofAnother(user *model.User) {
	user.Props = account.Mark(&metav1.ObjectMeta{UID: "another"}, nil)
}
