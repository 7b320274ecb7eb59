package license

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// signatureSize is how long the signature at the end of a license is, in bytes.
const signatureSize = 256

// idOf returns the id of a license file, or nothing where that is encrypted.
func idOf(file string) string {
	signed, err := base64.StdEncoding.DecodeString(file)
	if err != nil {
		return ""
	}

	signed = []byte(strings.TrimRight(string(signed), "\x00"))
	if len(signed) <= signatureSize {
		return ""
	}

	said := &model.License{}
	if err := json.Unmarshal(signed[:len(signed)-signatureSize], said); err != nil {
		return ""
	}

	return said.Id
}

// observation of what a server says of its license, which was last uploaded from a
// Secret of version.
func observation(said map[string]string, version string) v1alpha1.LicenseObservation {
	return v1alpha1.LicenseObservation{
		ID:                   said["Id"],
		SKUName:              said["SkuName"],
		SKUShortName:         said["SkuShortName"],
		IssuedAt:             number(said["IssuedAt"]),
		StartsAt:             number(said["StartsAt"]),
		ExpiresAt:            number(said["ExpiresAt"]),
		Users:                number(said["Users"]),
		LicenseSecretVersion: version,
	}
}

// number that s says, or 0.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}

	return n
}
