package filestore

import (
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Variables by which users say how the server reaches its bucket. Backups and restores reach it in
// the same way.
const (
	variableTLS    = "MM_FILESETTINGS_AMAZONS3SSL"
	variableRegion = "MM_FILESETTINGS_AMAZONS3REGION"
	variablePrefix = "MM_FILESETTINGS_AMAZONS3PATHPREFIX"
)

// settings of users about the bucket.
type settings struct {
	// tls is nil if the endpoint says.
	tls *bool
	// region and prefix are empty if nobody says.
	region, prefix string
	// unknown says that a value cannot be read, since it comes from elsewhere, or cannot be used.
	unknown bool
}

// usersOf the bucket: what spec.mattermostEnv says about it.
func usersOf(f *facts.Facts) settings {
	var out settings
	for _, e := range f.Spec.MattermostEnv {
		value, known := f.VariableValue(e)
		switch e.Name {
		case variableTLS:
			on, err := strconv.ParseBool(value)
			out.tls, out.unknown = &on, out.unknown || err != nil
		case variableRegion:
			out.region, out.unknown = value, out.unknown || !known
		case variablePrefix:
			// The server does not drop a slash at the beginning, which is then part of every key.
			out.prefix = strings.TrimRight(value, "/")
			out.unknown = out.unknown || !known || strings.HasPrefix(value, "/") || job.CheckPath(out.prefix) != nil
		}
	}
	return out
}

// applied to a connection. An endpoint that is in a Secret has a scheme of its own.
func (s settings) applied(c v1alpha1.BucketConnection) *v1alpha1.BucketConnection {
	if s.tls != nil && c.Keys.Endpoint == "" {
		scheme := "http://"
		if *s.tls {
			scheme = "https://"
		}
		host := c.Values.Endpoint
		for _, before := range []string{"http://", "https://"} {
			host = strings.TrimPrefix(host, before)
		}
		c.Values.Endpoint = scheme + host
	}
	if s.region != "" {
		c.Values.Region, c.Keys.Region = s.region, ""
	}
	return &c
}
