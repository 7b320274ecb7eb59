package v1beta1

// ExistingSecret is a Secret that is there already, by a name that is made of the
// asking object's.
type ExistingSecret struct {
	// SecretName of the Secret, in the asking object's namespace, in which $(name)
	// stands for the asking object's name. Default: $(name).
	// +optional
	SecretName string `json:"secretName,omitempty"`
}
