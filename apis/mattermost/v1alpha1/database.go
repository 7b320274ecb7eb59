package v1alpha1

// Database is where the server keeps its data and its configuration.
type Database struct {
	// External is a database that exists.
	// +optional
	External *ExternalDatabase `json:"external,omitempty"`
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
	Secret string `json:"secret"`
}
