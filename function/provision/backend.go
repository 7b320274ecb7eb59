package provision

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	// Everything that is composed or looked up is watched.
	revisitStable  = time.Hour
	revisitRefused = 30 * time.Second

	conditionAccepted = "Accepted"
	conditionBackend  = "BackendReady"
)

// Backend answers a database or a bucket in its own way. G is what its decisions rest
// on, C the connection that it gives.
type Backend[G, C any] struct {
	// Name that the status shows.
	Name string
	// Gates that the spec must pass: what a backend does not have, it refuses.
	Gates []compose.Gate[G]
	// Require what is looked up; nil for nothing.
	Require func(a *compose.Answer, gathered G)
	// Build what is composed; nil for nothing.
	Build func(a *compose.Answer, gathered G) error
	// Connect says how it is reached, nil while that is not known, and what is waited
	// for, if anything.
	Connect func(gathered G) (connection *C, waiting string, err error)
	// Besides are conditions of what does not keep it from being used; nil for none.
	Besides func(gathered G) []compose.Condition
	// Archive says where the data is archived, nil while it is not; nil for a backend that
	// archives nothing.
	Archive func(gathered G) *v1alpha1.DatabaseArchive
	// Storage is the size of the volume, nil while that is not known; nil for a backend
	// without a volume.
	Storage func(gathered G) *resource.Quantity
}

// status of a composite resource that a backend answers.
type status[C any] struct {
	Backend            string                    `json:"backend,omitempty"`
	ObservedGeneration int64                     `json:"observedGeneration,omitempty"`
	Connection         *C                        `json:"connection,omitempty"`
	Archive            *v1alpha1.DatabaseArchive `json:"archive,omitempty"`
	StorageSize        *resource.Quantity        `json:"storageSize,omitempty"`
}

// Compose answers by a backend. It fails only where no answer would be safe.
func Compose[G, C any](s compose.State, gathered G, b Backend[G, C]) (*fnv1.RunFunctionResponse, error) {
	a := compose.NewAnswer(s)
	if b.Require != nil {
		b.Require(a, gathered)
	}
	if !a.Resolved() {
		return compose.Respond(a, a.KeepAll())
	}
	if v := compose.Check(gathered, b.Gates...); !v.Pass {
		a.Revisit(revisitRefused)
		return compose.Respond(a, errors.Join(a.KeepAll(), refuse(a, s, gathered, b, v)))
	}
	if b.Build != nil {
		if err := b.Build(a, gathered); err != nil {
			return nil, err
		}
	}
	if v := a.NamesFree(); !v.Pass {
		a.Withdraw()
		a.Revisit(revisitRefused)
		return compose.Respond(a, errors.Join(a.KeepAll(), refuse(a, s, gathered, b, v)))
	}
	a.Revisit(revisitStable)
	return compose.Respond(a, report(a, gathered, b))
}

// refuse a spec. Existing objects and the reported connection stay.
func refuse[G, C any](a *compose.Answer, s compose.State, gathered G, b Backend[G, C], v compose.Verdict) error {
	a.Report(v.AsCondition(conditionAccepted))
	out := status[C]{Backend: b.Name, ObservedGeneration: a.Generation()}
	if Told(s, b.Name) {
		var err error
		if out.Connection, _, err = b.Connect(gathered); err != nil {
			return err
		}
	}
	if b.Archive != nil && s.Composite().Has("status", "archive") {
		out.Archive = b.Archive(gathered)
	}
	if b.Storage != nil {
		out.StorageSize = b.Storage(gathered)
	}
	if out.Connection == nil {
		// Nothing answers, however ready the little is that exists.
		a.Unready()
	}
	return a.SetStatus(out)
}

func report[G, C any](a *compose.Answer, gathered G, b Backend[G, C]) error {
	connection, waiting, err := b.Connect(gathered)
	if err != nil {
		return err
	}
	ready := compose.Condition{Type: conditionBackend, Status: compose.True, Reason: "Available"}
	if waiting != "" {
		ready = compose.Condition{Type: conditionBackend, Status: compose.False, Reason: "Waiting", Message: waiting, Waiting: true}
		a.Unready()
	}
	a.Report(compose.Condition{Type: conditionAccepted, Status: compose.True, Reason: "Accepted"}, ready)
	if b.Besides != nil {
		for _, c := range b.Besides(gathered) {
			c.Progress = compose.ProgressUnaffected
			a.Report(c)
		}
	}
	out := status[C]{Backend: b.Name, ObservedGeneration: a.Generation(), Connection: connection}
	if b.Archive != nil {
		out.Archive = b.Archive(gathered)
	}
	if b.Storage != nil && connection != nil {
		// Each change of the status makes Crossplane call the composer of the installation: the size is
		// reported together with the connection.
		out.StorageSize = b.Storage(gathered)
	}
	return a.SetStatus(out)
}

// Lacks is a gate of a backend that has nothing of a sort. The remedy may be empty.
func Lacks[G any](field string, asked func(gathered G) bool, remedy string) compose.Gate[G] {
	if remedy == "" {
		remedy = "leave it out, or ask the platform team for another class"
	}
	return func(gathered G) compose.Verdict {
		if !asked(gathered) {
			return compose.Passed
		}
		return compose.Refuse("NotOffered", fmt.Sprintf("spec.%s: this platform's backend does not offer it: %s", field, remedy))
	}
}
