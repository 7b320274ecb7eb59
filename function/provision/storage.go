package provision

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// RequirementStorage looks up the volume of a server, whose size may change.
const RequirementStorage = "storage"

// RequireStorage looks up the volume of a server of a name, once the server exists.
func RequireStorage(a *compose.Answer, s compose.State, server string) {
	if !s.Observed(NameServer).Exists() {
		return
	}
	a.Require(RequirementStorage, "v1", "PersistentVolumeClaim", VolumeClaim(server))
}

// RealStorageSize is the size that the volume of a server has, nil while it has none.
func RealStorageSize(s compose.State) *resource.Quantity {
	volume, _ := s.Required(RequirementStorage)
	size, err := resource.ParseQuantity(volume.String("status", "capacity", "storage"))
	if err != nil {
		return nil
	}
	return &size
}

// StorageSize that a server was made with, nil when there is none.
func StorageSize(server compose.Resource) *resource.Quantity {
	for _, c := range server.List("spec", "volumeClaimTemplates") {
		if q, err := resource.ParseQuantity(c.String("spec", "resources", "requests", "storage")); err == nil {
			return &q
		}
	}
	return nil
}

// StorageStays refuses another size than a server was made with, or than its volume has: a StatefulSet
// keeps the template of its volume. The volume itself may grow, where its storage class allows it.
func StorageStays(s compose.State, asked *resource.Quantity) compose.Verdict {
	server := s.Observed(NameServer)
	was, has := StorageSize(server), RealStorageSize(s)
	if was == nil || asked == nil || was.Cmp(*asked) == 0 || has != nil && has.Cmp(*asked) == 0 {
		return compose.Passed
	}
	if asked.Cmp(*was) < 0 {
		return compose.Refuse("StorageCannotChange", fmt.Sprintf("spec.storageSize: the volume was created with %s and cannot shrink: set it to %s", was, was))
	}
	return compose.Refuse("StorageCannotChange", fmt.Sprintf(
		`spec.storageSize: the volume was created with %s, and its StatefulSet cannot change it: set it to %s. If the storage class allows it, grow the volume itself, and spec.storageSize may then be its size: kubectl -n %s patch pvc %s --type=merge -p '{"spec":{"resources":{"requests":{"storage":"%s"}}}}'`,
		was, was, s.Namespace(), VolumeClaim(server.Name()), asked))
}
