package v1alpha1

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/reference"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
)

// identified is a kind that says what Mattermost's id of it is.
type identified interface {
	observedID() string
}

// ObservedID extracts Mattermost's id of what a managed resource stands for. It is
// empty until the resource was observed, unlike the external name, which may be a name
// to import by.
func ObservedID() reference.ExtractValueFn {
	return func(mg resource.Managed) string {
		if i, ok := mg.(identified); ok {
			return i.observedID()
		}

		return ""
	}
}

func (mg *Team) observedID() string    { return mg.Status.AtProvider.ID }
func (mg *Channel) observedID() string { return mg.Status.AtProvider.ID }
func (mg *User) observedID() string    { return mg.Status.AtProvider.ID }
func (mg *Bot) observedID() string     { return mg.Status.AtProvider.UserID }
