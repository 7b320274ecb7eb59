package installation

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
)

// Engines of a database, as the status names them.
const (
	enginePostgreSQL = "PostgreSQL"
	engineMySQL      = "MySQL"

	schemeMySQL = "mysql"
)

// leading are variables by which users may lead the server to other data than the spec
// names, sorted.
//
//nolint:gochecknoglobals // A table.
var leading = []string{
	"MM_CONFIG",
	"MM_FILESETTINGS_AMAZONS3BUCKET",
	"MM_FILESETTINGS_AMAZONS3ENDPOINT",
	"MM_FILESETTINGS_DIRECTORY",
	"MM_FILESETTINGS_DRIVERNAME",
	keyDataSource,
	"MM_SQLSETTINGS_DRIVERNAME",
}

// dataSource says where the server keeps its data, nil where the spec does not tell. It
// names Secrets, and nothing in them.
func dataSource(g gathered) *v1alpha1.DataSource {
	for _, e := range g.spec.MattermostEnv {
		if _, leads := slices.BinarySearch(leading, e.Name); leads {
			return nil
		}
	}
	d := databaseSecret(g)
	out := &v1alpha1.DataSource{
		Engine:          enginePostgreSQL,
		SecretName:      d.name,
		URLKey:          d.source,
		Bucket:          bucketConnection(g),
		VolumeClaimName: claimName(g),
	}
	if !databaseClaimed(g) && connectionScheme(g) == schemeMySQL {
		out.Engine = engineMySQL
	}
	return out
}

// bucketConnection is that of the claim, or of the bucket that exists in the same terms;
// nil when files are on a volume.
func bucketConnection(g gathered) *v1alpha1.BucketConnection {
	e := g.spec.FileStore.External
	if e == nil {
		return g.bucket
	}
	out := &v1alpha1.BucketConnection{Values: v1alpha1.BucketValues{Endpoint: e.URL, Bucket: e.Bucket, UseServiceAccount: e.UseServiceAccount}}
	if !e.UseServiceAccount {
		out.SecretName = e.Secret
		out.Keys = v1alpha1.BucketKeys{AccessKey: keyAccessKey, SecretKey: keySecretKey}
	}
	return out
}
