package server

import (
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// Editions of a server.
const (
	editionEnterprise = "Enterprise"
	editionTeam       = "Team"
)

// identity is what a server says of itself in a header of every answer.
type identity struct {
	version     string
	buildNumber string
	configHash  string
	licensed    bool
}

// parseVersion reads the header, which is version, build number, hash and license with
// dots between. There are two in the version, and any number in the build number.
func parseVersion(header string) identity {
	const ofVersion, ofEnd = 3, 2

	parts := strings.Split(header, ".")
	if len(parts) < ofVersion+ofEnd {
		return identity{version: header}
	}

	end := len(parts) - ofEnd

	return identity{
		version:     strings.Join(parts[:ofVersion], "."),
		buildNumber: strings.Join(parts[ofVersion:end], "."),
		configHash:  parts[end],
		licensed:    parts[end+1] == "true",
	}
}

func edition(config map[string]string) string {
	if config["BuildEnterpriseReady"] == "true" {
		return editionEnterprise
	}

	return editionTeam
}

func licenseFrom(said map[string]string) *v1alpha1.ServerLicense {
	return &v1alpha1.ServerLicense{
		ID:           said["Id"],
		SKUShortName: said["SkuShortName"],
		Users:        number(said["Users"]),
		ExpiresAt:    number(said["ExpiresAt"]),

		HighAvailability: truth(said["Cluster"]),
	}
}

// truth parses a boolean. It returns nil if s is none.
func truth(s string) *bool {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return nil
	}

	return &b
}

// number that s says, or 0: a server says less of its license to those who may not know
// more.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}

	return n
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
