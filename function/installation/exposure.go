package installation

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	annotationBodySize = "nginx.ingress.kubernetes.io/proxy-body-size"
	defaultBodySize    = "1000M"

	mebibyte           = 1 << 20
	gibibyte           = 1 << 30
	defaultMaxFileSize = 1000 * mebibyte
)

// hostNamed refuses an Ingress without a host. The API refuses it first.
func hostNamed(g gathered) compose.Verdict {
	if !ingressEnabled(g) || g.spec.Ingress.Host != "" {
		return compose.Passed
	}
	return compose.Refuse("HostMissing", "spec.ingress.host is required when spec.ingress.enabled is true")
}

func ingressEnabled(g gathered) bool { return g.spec.Ingress != nil && g.spec.Ingress.Enabled }

func ingressHost(g gathered) string {
	if g.spec.Ingress == nil {
		return ""
	}
	return g.spec.Ingress.Host
}

// ingressHosts are the primary and the further hosts, without repetition.
func ingressHosts(g gathered) []string {
	hosts := []string{g.spec.Ingress.Host}
	for _, h := range g.spec.Ingress.Hosts {
		if h.HostName != g.spec.Ingress.Host {
			hosts = append(hosts, h.HostName)
		}
	}
	return hosts
}

// ingressClass is the user's, else the platform's, else nil for the cluster's.
func ingressClass(g gathered) *string {
	if c := g.spec.Ingress.IngressClass; c != nil && *c != "" {
		return c
	}
	if c := g.policy.IngressClass; c != "" {
		return &c
	}
	return nil
}

// ingressAnnotations let large files through ingress-nginx; other controllers
// ignore them.
func ingressAnnotations(g gathered) map[string]string {
	out := map[string]string{annotationBodySize: defaultBodySize}
	for k, v := range g.spec.Ingress.Annotations {
		out[k] = string(v)
	}
	return out
}

var bodySize = regexp.MustCompile(`^([0-9]+)([mMgG])$`)

// maxFileSize is the largest file that the server takes, in bytes: what the
// Ingress lets through. Sizes that are not in mega- or gigabytes leave the
// default, as in the Mattermost operator.
func maxFileSize(g gathered) int64 {
	if g.spec.Ingress == nil {
		return defaultMaxFileSize
	}
	parts := bodySize.FindStringSubmatch(string(g.spec.Ingress.Annotations[annotationBodySize]))
	if parts == nil {
		return defaultMaxFileSize
	}
	unit := int64(mebibyte)
	if strings.EqualFold(parts[2], "g") {
		unit = gibibyte
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || n == 0 || n > math.MaxInt64/unit {
		return defaultMaxFileSize
	}
	return n * unit
}
