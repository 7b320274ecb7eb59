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

// DeletionStatus is the progress of deleting a managed resource.
type DeletionStatus struct {
	// DeletionAttempts counts the attempts to delete the resource on the server since its
	// namespace is being deleted, or since its provider configuration or the
	// configuration's Secret was deleted. After the number of attempts in the provider's
	// flag --deletion-attempts, the finalizer is removed, and the resource stays on the
	// server.
	// +optional
	DeletionAttempts int32 `json:"deletionAttempts,omitempty"`
}

// deletable is a kind whose deletion changes something on the server.
type deletable interface {
	deletion() *DeletionStatus
}

// DeletionOf returns the progress of deleting mg. It is nil for a kind whose deletion
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
