package release

import "strings"

const digestPrefix = "sha256:"

// Reference of a version of a repository. The version is a tag, a digest, or both.
func Reference(repository, version string) string {
	if strings.HasPrefix(version, digestPrefix) {
		return repository + "@" + version
	}
	return repository + ":" + version
}

// Split undoes Reference: it returns the repository and the version of a reference.
func Split(reference string) (repository, version string) {
	name, digest, pinned := strings.Cut(reference, "@")
	// A colon before the last slash belongs to the registry's port.
	tag := strings.LastIndex(name, ":")
	if tag > strings.LastIndex(name, "/") {
		repository, version = name[:tag], name[tag+1:]
	} else {
		repository = name
	}
	switch {
	case !pinned:
		return repository, version
	case version == "":
		return repository, digest
	}
	return repository, version + "@" + digest
}

func withoutDigest(version string) string {
	name, _, _ := strings.Cut(version, "@")
	return name
}
