package provision

import (
	"maps"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// LabelVersion of what data is in is the version that it was made with.
const LabelVersion = "app.kubernetes.io/version"

// hashLength of names, in hexadecimal digits. Users choose what is hashed, and who finds
// another with the same hash has what is somebody else's: eight digits can be tried out.
const hashLength = 16

// Selector of a server's pod. It can never change.
func Selector(name, component string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": component, "app.kubernetes.io/instance": name}
}

// Labels of a server's objects: the platform's, overruled by ours.
func Labels(name, component string, platform map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, platform)
	maps.Copy(out, Selector(name, component))
	out["app.kubernetes.io/component"] = component
	out["app.kubernetes.io/managed-by"] = "crossplane"
	return out
}

// HoldsData marks an object as what data is in, made with a version if that matters.
func HoldsData(version string) map[string]string {
	out := map[string]string{compose.LabelHoldsData: "true"}
	if version != "" {
		out[LabelVersion] = version
	}
	return out
}

// Distinct is a name of at most so many characters, that begins with a name and ends
// with a hash of what it stands for.
func Distinct(name, standsFor string, most int) string {
	name = name[:min(len(name), most-hashLength-1)]
	return strings.TrimRight(name, "-") + "-" + compose.Hash(standsFor, hashLength)
}

// longestServer is the longest name of a StatefulSet: its pods have a label with the name and the
// hash of a revision, and a label has 63 characters at most.
const longestServer = 52

// ServerName is the name of a server's objects, after that of the object that asks for it.
func ServerName(name, component string) string {
	suffix := "-" + component
	if len(name)+len(suffix) > longestServer {
		name = Distinct(name, name, longestServer-len(suffix))
	}
	return name + suffix
}

// Mirrored is an image as it is pulled: from the platform's registry, if it has one,
// in place of the registry that the image names.
func Mirrored(registry, image string) string {
	if registry == "" {
		return image
	}
	if host, path, found := strings.Cut(image, "/"); found && isRegistry(host) {
		image = path
	}
	return strings.TrimSuffix(registry, "/") + "/" + image
}

// isRegistry tells a registry's host from the first part of a repository's path, as
// container engines do.
func isRegistry(host string) bool {
	return host == "localhost" || strings.ContainsAny(host, ".:")
}
