package facts

import (
	"net/url"
	"strings"
)

// VariableSiteURL is the environment variable with the URL that users know the server by.
const VariableSiteURL = "MM_SERVICESETTINGS_SITEURL"

// Host that clients reach the server by, empty when the spec names none.
func (f *Facts) Host() string {
	if f.Spec.Ingress == nil {
		return ""
	}
	return f.Spec.Ingress.Host
}

// SitePath is the path of the user's site URL, without a slash at its end; empty if there is
// none.
func (f *Facts) SitePath() string {
	out := ""
	for _, e := range f.Spec.MattermostEnv {
		if site, err := url.Parse(e.Value); e.Name == VariableSiteURL && err == nil {
			out += strings.TrimSuffix(site.EscapedPath(), "/")
		}
	}
	return out
}
