// Package account decides what a managed resource may do with an account of a server.
//
// A resource can find an account by its name, or by an id in an annotation. Neither proves
// that the resource created the account: a user who may write Users could give a system
// administrator another password. The proof is on the server, where users of the Kubernetes
// API cannot write it: the provider stores the UID of the resource in a property of the
// account that it creates. The API server generates the UID and never uses it again. A
// resource that is created again has another UID, and so has a resource of the same name in
// another cluster.
//
// Users of the server can change the properties of their own accounts. They can only give
// their own account to another resource, or to none.
package account

import (
	"fmt"
	"maps"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// property of an account that contains the UID of the resource that created it.
const property = "provider-mattermost"

// TypeFullyManaged is the type of the condition that says whether all declared fields of an
// account are managed.
const TypeFullyManaged xpv2.ConditionType = "FullyManaged"

// Standing is the relation of an account to a managed resource.
type Standing xpv2.ConditionReason

const (
	// Created means that the resource created the account. Everything is managed.
	Created Standing = "Created"

	// TakenOver means that the spec takes the account over. Everything is managed.
	TakenOver Standing = "TakenOver"

	// NotCreated means that the resource did not create the account.
	NotCreated Standing = "NotCreated"

	// Unproven means that the resource's status says that it created the account, but the
	// account no longer has its mark. The resource may do no more than with NotCreated.
	Unproven Standing = "Unproven"

	// InUse means that the provider itself uses the account.
	InUse Standing = "InUse"
)

// Mark returns properties with the UID of mg, which created the account.
func Mark(mg metav1.Object, properties model.StringMap) model.StringMap {
	marked := maps.Clone(properties)
	if marked == nil {
		marked = model.StringMap{}
	}

	marked[property] = string(mg.GetUID())

	return marked
}

// CreatedBy says whether mg created user.
func CreatedBy(mg metav1.Object, user *model.User) bool {
	return mg.GetUID() != "" && user.Props[property] == string(mg.GetUID())
}

// Marked says whether any managed resource created user.
func Marked(user *model.User) bool { return user.Props[property] != "" }

// Released returns an error if a resource must not be deleted while its account stays. A
// resource that created the account must not: the user of the account can remove the mark,
// and the account would outlive the resource unnoticed. The resource's own status says that
// it created the account. A status is never trusted, but it is enough for a refusal.
func Released(username string, created bool) error {
	if !created {
		return nil
	}

	return errors.Errorf("this resource created the account %q, but the account no longer has the mark of this: set spec.forProvider.takeOver to true to deactivate it with this resource, "+
		"or remove Delete from spec.managementPolicies to keep it", username)
}

// WasCreated says whether the conditions of a resource say that it created its account.
func WasCreated(of resource.Conditioned) bool {
	return Standing(of.GetCondition(TypeFullyManaged).Reason) == Created
}

// Condition of a resource whose account has a username. Left are the fields that differ
// from the spec and stay as they are.
func (s Standing) Condition(username string, left []string) xpv2.Condition {
	c := xpv2.Condition{Type: TypeFullyManaged, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now(), Reason: xpv2.ConditionReason(s)}

	switch s {
	case Created, TakenOver:
	case NotCreated:
		c.Status = corev1.ConditionFalse
		c.Message = fmt.Sprintf("this resource did not create the account %q: its username, email, roles, password and tokens stay as they are, "+
			"and it stays when this resource is deleted%s: set spec.forProvider.takeOver to true to manage all of it", username, differing(left))
	case Unproven:
		c.Status = corev1.ConditionFalse
		c.Message = fmt.Sprintf("the account %q no longer has the mark that this resource created it: its username, email, roles, password and tokens stay as they are, "+
			"and this resource cannot be deleted%s: set spec.forProvider.takeOver to true to manage all of it", username, differing(left))
	case InUse:
		c.Status = corev1.ConditionFalse
		c.Message = fmt.Sprintf("the provider itself uses the account %q: its username, email and password stay as they are, no role is taken from it, "+
			"and it stays when this resource is deleted%s: change it on the server", username, differing(left))
	}

	return c
}

func differing(left []string) string {
	if len(left) == 0 {
		return ""
	}

	return " (not as declared: " + strings.Join(left, ", ") + ")"
}
