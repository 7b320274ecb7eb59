// Package exposure is how clients outside of the cluster reach an installation: its Ingress,
// its URL, and how large a file may be.
package exposure

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const (
	annotationBodySize = "nginx.ingress.kubernetes.io/proxy-body-size"
	defaultBodySize    = "1000M"

	// annotationClass names the class of an Ingress in the way of before spec.ingressClassName.
	annotationClass = "kubernetes.io/ingress.class"

	mebibyte = 1 << 20
	// gigabyte is that of the Mattermost operator. nginx counts a little more.
	gigabyte           = 1000 * mebibyte
	defaultMaxFileSize = gigabyte
)

// Feature is the exposure of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Rules:   []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{hostNamed, oneClass, annotationsAdmitted}}},
	Server:  func(f *facts.Facts) decision.Part { return decision.Part{Env: env(f)} },
	Compose: composeIngress,
	Status: func(f *facts.Facts, _ *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
		to.Endpoint = endpoint(f)
	},
}

// hostNamed refuses an Ingress without a host. The API refuses it first.
func hostNamed(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if !enabled(f) || f.Host() != "" {
		return compose.Passed
	}
	return compose.Refuse("HostMissing", "spec.ingress.host is required when spec.ingress.enabled is true")
}

func enabled(f *facts.Facts) bool { return f.Spec.Ingress != nil && f.Spec.Ingress.Enabled }

func env(f *facts.Facts) []corev1.EnvVar {
	var out []corev1.EnvVar
	if host := f.Host(); host != "" {
		out = append(out, corev1.EnvVar{Name: facts.VariableSiteURL, Value: "https://" + host})
	}
	return append(out, corev1.EnvVar{Name: "MM_FILESETTINGS_MAXFILESIZE", Value: strconv.FormatInt(maxFileSize(f), 10)})
}

func composeIngress(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if !enabled(f) {
		return nil
	}
	return a.Desire(composed.Ingress, objects.Ingress(d.Server.Server, exposure(f)))
}

func exposure(f *facts.Facts) objects.Exposure {
	return objects.Exposure{
		Hosts:       hosts(f),
		Class:       class(f),
		TLSSecret:   f.Spec.Ingress.TLSSecret,
		Annotations: annotations(f),
	}
}

// hosts are the primary and the further hosts, without repetition.
func hosts(f *facts.Facts) []string {
	out := []string{f.Host()}
	for _, h := range f.Spec.Ingress.Hosts {
		if h.HostName != f.Host() {
			out = append(out, h.HostName)
		}
	}
	return out
}

// oneClass refuses two classes. Kubernetes refuses a new Ingress with both.
func oneClass(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if !enabled(f) || !annotatesClass(f) || f.Observed(composed.Ingress).Exists() {
		return compose.Passed
	}
	named, annotated := ptr.Deref(f.Spec.Ingress.IngressClass, ""), string(f.Spec.Ingress.Annotations[annotationClass])
	if named == "" || named == annotated {
		return compose.Passed
	}
	return compose.Refuse("ClassNamedTwice", fmt.Sprintf(
		"spec.ingress.annotations[%s] names class %q, and spec.ingress.ingressClass %q: remove one of them", annotationClass, annotated, named))
}

// annotationsAdmitted refuses annotations with keys that Kubernetes would refuse.
func annotationsAdmitted(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if !enabled(f) {
		return compose.Passed
	}
	return admission.Verdict(admission.AnnotationKeys(field.NewPath("spec", "ingress", "annotations"), f.Spec.Ingress.Annotations))
}

func annotatesClass(f *facts.Facts) bool {
	_, ok := f.Spec.Ingress.Annotations[annotationClass]
	return ok
}

// class is the user's, else the platform's, else nil for the cluster's. An annotation of the user's
// names one, too.
func class(f *facts.Facts) *string {
	if c := f.Spec.Ingress.IngressClass; c != nil && *c != "" {
		return c
	}
	if c := f.Policy.IngressClass; c != "" && !annotatesClass(f) {
		return &c
	}
	return nil
}

// annotations let large files through ingress-nginx; other controllers ignore them.
func annotations(f *facts.Facts) map[string]string {
	out := map[string]string{annotationBodySize: defaultBodySize}
	for k, v := range f.Spec.Ingress.Annotations {
		out[k] = string(v)
	}
	return out
}

var bodySize = regexp.MustCompile(`^([0-9]+)([mMgG])$`)

// maxFileSize is the largest file that the server takes, in bytes: what the Ingress lets
// through. Sizes that are not in mega- or gigabytes leave the default, as in the Mattermost
// operator.
func maxFileSize(f *facts.Facts) int64 {
	if f.Spec.Ingress == nil {
		return defaultMaxFileSize
	}
	parts := bodySize.FindStringSubmatch(string(f.Spec.Ingress.Annotations[annotationBodySize]))
	if parts == nil {
		return defaultMaxFileSize
	}
	unit := int64(mebibyte)
	if strings.EqualFold(parts[2], "g") {
		unit = gigabyte
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || n == 0 || n > math.MaxInt64/unit {
		return defaultMaxFileSize
	}
	return n * unit
}

// endpoint is where clients reach the server, empty while there is nothing to reach.
func endpoint(f *facts.Facts) string {
	if ingress := f.Observed(composed.Ingress); ingress.Exists() {
		for _, rule := range ingress.List("spec", "rules") {
			return rule.String("host")
		}
	}
	if service := f.Observed(composed.Service); service.Exists() {
		return fmt.Sprintf("%s.%s.svc:%d", service.Name(), f.Namespace, objects.PortApp)
	}
	return ""
}
