package v1alpha1

// Database is where the server keeps its data and its configuration. Exactly one of
// external and claim is used.
//
// +kubebuilder:validation:XValidation:rule="has(self.external) != has(self.claim)",message="spec.database: set exactly one of claim (a database that the platform provides) or external (a Secret with DB_CONNECTION_STRING)"
// +kubebuilder:validation:XValidation:rule="!has(self.discardClaim) || !self.discardClaim || !has(self.claim)",message="spec.database.discardClaim consents to leaving the database of spec.database.claim behind: it cannot be true while that database is used"
type Database struct {
	// Claim asks the platform for a database, with the installation's name.
	// +optional
	Claim *DatabaseClaim `json:"claim,omitempty"`

	// External is a database that exists.
	// +optional
	External *ExternalDatabase `json:"external,omitempty"`

	// DiscardClaim consents to leaving the claim, once another database is used. What
	// becomes of its data, its deletionPolicy says. Without it a change away from claim
	// is refused. Default: false.
	// +optional
	DiscardClaim bool `json:"discardClaim,omitempty"`

	// AllowChange is the reason why a running server may be connected to another database,
	// such as that the data was moved there. All replicas are then replaced at once, so that
	// no two use different databases. Without it such a change is refused. New credentials of
	// the same database need no reason. It permits every later change, too: remove it afterwards.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	AllowChange string `json:"allowChange,omitempty"`
}

// DatabaseClaim asks the platform for a database.
type DatabaseClaim struct {
	DatabaseRequest `json:",inline"`

	// Class chooses among the Compositions that the platform offers, by their label
	// mattermost.crossplane.io/class. Default: the platform's.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$')",message="spec.database.claim.class must be the value of a label: letters, digits, '-', '_' and '.', with a letter or digit at both ends"
	Class string `json:"class,omitempty"`
}

// ExternalDatabase is a PostgreSQL database (or, for servers before 11.0,
// MySQL) that exists already.
type ExternalDatabase struct {
	// Secret names a Secret of this namespace. Its key DB_CONNECTION_STRING,
	// required, is a URL such as
	// postgres://user:password@host:5432/database?sslmode=require. Its optional
	// key MM_SQLSETTINGS_DATASOURCE is the data source where it must differ from
	// that URL, as for MySQL; its optional key MM_SQLSETTINGS_DATASOURCEREPLICAS
	// lists data sources of read replicas, separated by spaces. The server is
	// restarted, replica by replica, when the Secret's values change.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.database.external.secret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	Secret string `json:"secret"`
}
