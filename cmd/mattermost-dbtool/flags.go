package main

import (
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// databaseFlags are the way to the database.
type databaseFlags struct {
	DatabaseName string `env:"DATABASE_NAME" help:"Must be the name in DATABASE_URL, if it is set."`
	DatabaseUser string `env:"DATABASE_USER" help:"Used instead of the user in DATABASE_URL, with DATABASE_PASSWORD."`
}

// connection with what is secret.
func (f databaseFlags) connection() database.Connection {
	return database.Connection{
		URL: os.Getenv(job.EnvDatabaseURL), Name: f.DatabaseName, User: f.DatabaseUser, Password: os.Getenv(job.EnvDatabasePassword),
	}
}

// storeFlags are the way to the store.
type storeFlags struct {
	StoreEndpoint   string `env:"STORE_ENDPOINT" help:"Host with optional port of the S3 service; TLS unless it begins with http://."`
	StoreBucket     string `env:"STORE_BUCKET" help:"Bucket of the backups."`
	StoreRegion     string `env:"STORE_REGION" help:"Region of the bucket; looked up when empty."`
	StoreEncryption string `env:"STORE_ENCRYPTION" help:"Encryption that the service is asked for: AES256 or KMS; empty for the bucket's own."`
	StoreKMSKey     string `name:"store-kms-key" env:"STORE_KMS_KEY" help:"Key for KMS; empty for the account's."`
}

func (f storeFlags) open() (*store.Bucket, error) {
	return store.Open(store.Options{
		Endpoint: f.StoreEndpoint, Bucket: f.StoreBucket, Region: f.StoreRegion, Encryption: f.StoreEncryption, KMSKey: f.StoreKMSKey,
		AccessKey: os.Getenv(job.EnvStoreAccessKey), SecretKey: os.Getenv(job.EnvStoreSecretKey),
	})
}

// prefixFlags say where below the bucket.
type prefixFlags struct {
	StorePrefix string `env:"STORE_PREFIX" help:"What backups are below: <prefix>/<backup>/manifest.json."`
}

// leaseFlags limit how long others wait for a process that was killed.
type leaseFlags struct {
	Lease time.Duration `env:"LEASE" default:"5m" help:"How long a lease lasts after its last renewal. The lease of a backup that was killed blocks prunes for this long, and that of a prune blocks backups."`
}

// repository of backups.
func (f prefixFlags) repository(s storeFlags) (*archive.Repository, error) {
	if err := job.CheckPath(f.StorePrefix); err != nil {
		return nil, failure.Mark(job.ReasonInvalid, errors.Wrapf(err, "cannot use %s", job.EnvStorePrefix))
	}
	b, err := s.open()
	if err != nil {
		return nil, err
	}
	return archive.NewRepository(b, f.StorePrefix), nil
}

// filesFlags are the way to the server's files.
type filesFlags struct {
	FilesEndpoint  string `env:"FILES_ENDPOINT" help:"Host with optional port of the S3 service that files are in."`
	FilesBucket    string `env:"FILES_BUCKET" help:"Bucket that the server keeps files in."`
	FilesPrefix    string `env:"FILES_PREFIX" help:"Folder of the bucket that files are in. Empty for all of it."`
	FilesRegion    string `env:"FILES_REGION" help:"Region of that bucket; looked up when empty."`
	FilesDirectory string `env:"FILES_DIRECTORY" help:"Directory that the server keeps files in, if it is no bucket. Without either, files are left alone." type:"path"`
}

// open the file store, nil if there is none. Backups that are in the same bucket are no
// files.
func (f filesFlags) open(s storeFlags, prefix, scratch string) (files.Store, error) {
	switch {
	case f.FilesBucket != "" && f.FilesDirectory != "":
		return nil, failure.New(job.ReasonInvalid, "files are either in a bucket or in a directory: FILES_BUCKET and FILES_DIRECTORY exclude each other")
	case f.FilesDirectory != "":
		return files.NewDirectory(f.FilesDirectory)
	case job.CheckPath(f.FilesPrefix) != nil:
		return nil, failure.Mark(job.ReasonInvalid, errors.Wrapf(job.CheckPath(f.FilesPrefix), "cannot use %s", job.EnvFilesPrefix))
	case f.FilesBucket == "":
		return nil, nil //nolint:nilnil // There is none.
	}
	b, err := store.Open(store.Options{
		Endpoint: f.FilesEndpoint, Bucket: f.FilesBucket, Region: f.FilesRegion,
		AccessKey: os.Getenv(job.EnvFilesAccessKey), SecretKey: os.Getenv(job.EnvFilesSecretKey),
	})
	if err != nil {
		return nil, err
	}
	except := ""
	if f.FilesBucket == s.StoreBucket && hostOf(f.FilesEndpoint) == hostOf(s.StoreEndpoint) {
		except = backupsBelow(prefix)
	}
	return files.NewBucket(b, f.FilesPrefix, except, scratch), nil
}

// hostOf an endpoint, which is one server with and without a scheme.
func hostOf(endpoint string) string {
	for _, scheme := range []string{"http://", "https://"} {
		endpoint = strings.TrimPrefix(endpoint, scheme)
	}
	return strings.ToLower(strings.TrimSuffix(endpoint, "/"))
}

// backupsBelow is what the backups of all MattermostBackups with a store like this are
// below: the prefix ends with the namespace and the name of one of them.
func backupsBelow(prefix string) string {
	const own = 2
	parts := strings.Split(strings.Trim(prefix, "/"), "/")
	if parts[0] == "" {
		return ""
	}
	return strings.Join(parts[:max(1, len(parts)-own)], "/") + "/"
}

// repositoryOf a backup that is restored: the prefix that it is below.
func repositoryOf(source string) string {
	source = strings.TrimSuffix(strings.Trim(source, "/"), "/"+archive.ManifestName)
	if parent := path.Dir(source); parent != "." {
		return parent
	}
	return ""
}

// requestFlags say who asks.
type requestFlags struct {
	RequestID string `name:"request-id" env:"REQUEST_ID" help:"UID of the object that asks. The same request is never carried out twice."`
}

var requestID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// check that the request can be part of names.
func (f requestFlags) check() error {
	if !requestID.MatchString(f.RequestID) {
		return failure.New(job.ReasonInvalid, "the request's ID must be letters, digits, '-' and '_': set "+job.EnvRequest)
	}
	return nil
}
