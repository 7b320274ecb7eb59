package v1alpha1

import "github.com/crossplane/crossplane-runtime/v2/pkg/resource"

// Deletion says what becomes of something on the server when its managed resource is
// deleted.
// +kubebuilder:validation:Enum=Archive;Permanent
type Deletion string

// What deletion may do.
const (
	// DeletionArchive archives a team or channel, deactivates a user or bot, and disables a
	// plugin. All of its data is kept, and creating it anew restores it.
	DeletionArchive Deletion = "Archive"

	// DeletionPermanent deletes it with all of its data, for which the server must be
	// configured (ServiceSettings.EnableAPITeamDeletion and the like), and uninstalls a
	// plugin.
	DeletionPermanent Deletion = "Permanent"
)

// DeletionStatus is how the deletion of a managed resource goes.
type DeletionStatus struct {
	// DeletionAttempts counts the attempts to delete it on the server since its namespace
	// is being deleted, or since its provider configuration or a Secret of that is gone.
	// After as many as the provider's flag --deletion-attempts says, the object is let go of,
	// and what is on the server stays there.
	// +optional
	DeletionAttempts int32 `json:"deletionAttempts,omitempty"`
}

// deletable is a kind whose deletion changes something on the server.
type deletable interface {
	deletion() *DeletionStatus
}

// DeletionOf returns how the deletion of mg goes. It is nil for a kind whose deletion
// changes nothing on the server.
func DeletionOf(mg resource.Managed) *DeletionStatus {
	if d, ok := mg.(deletable); ok {
		return d.deletion()
	}

	return nil
}

func (mg *Bot) deletion() *DeletionStatus             { return &mg.Status.DeletionStatus }
func (mg *Channel) deletion() *DeletionStatus         { return &mg.Status.DeletionStatus }
func (mg *ChannelMember) deletion() *DeletionStatus   { return &mg.Status.DeletionStatus }
func (mg *Command) deletion() *DeletionStatus         { return &mg.Status.DeletionStatus }
func (mg *IncomingWebhook) deletion() *DeletionStatus { return &mg.Status.DeletionStatus }
func (mg *License) deletion() *DeletionStatus         { return &mg.Status.DeletionStatus }
func (mg *OutgoingWebhook) deletion() *DeletionStatus { return &mg.Status.DeletionStatus }
func (mg *Plugin) deletion() *DeletionStatus          { return &mg.Status.DeletionStatus }
func (mg *Team) deletion() *DeletionStatus            { return &mg.Status.DeletionStatus }
func (mg *TeamMember) deletion() *DeletionStatus      { return &mg.Status.DeletionStatus }
func (mg *User) deletion() *DeletionStatus            { return &mg.Status.DeletionStatus }
