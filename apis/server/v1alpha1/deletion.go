package v1alpha1

// Deletion says what becomes of something on the server when its managed resource is
// deleted.
// +kubebuilder:validation:Enum=Archive;Permanent
type Deletion string

// What deletion may do.
const (
	// DeletionArchive archives a team or channel, and deactivates a user or bot. All of
	// its data is kept, and creating it anew restores it.
	DeletionArchive Deletion = "Archive"

	// DeletionPermanent deletes it with all of its data, for which the server must be
	// configured (ServiceSettings.EnableAPITeamDeletion and the like).
	DeletionPermanent Deletion = "Permanent"
)
