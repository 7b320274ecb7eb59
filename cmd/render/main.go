// Command render shows what the function answers for a manifest, without a
// cluster: what is composed, in which order, and what is reported. It first judges the
// manifest as the API server does.
package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

type command struct {
	Manifest    string `arg:"" help:"File with a MattermostInstallation, and Secrets it names if you like. Secrets that are not in it are assumed to exist and to be complete." type:"existingfile"`
	Composition string `default:"package/configuration/composition.yaml" help:"Composition whose first step's input is the platform's policy." type:"existingfile"`
	Definition  string `default:"package/configuration/mattermostinstallations.yaml" help:"CompositeResourceDefinition that the API server judges the manifest by." type:"existingfile"`
}

func main() {
	c := &command{}
	k := kong.Parse(c, kong.Name("render"), kong.Description("Shows what the function answers for a manifest, without a cluster."))
	k.FatalIfErrorf(c.run(context.Background(), os.Stdout))
}

// refusal says that the function answers, and what it answers is no: exit code 2,
// where everything that could not be answered is 1.
type refusal struct{ message string }

// Error names the field and the remedy.
func (r refusal) Error() string { return "refused: " + r.message }

// ExitCode of the command.
func (r refusal) ExitCode() int { return 2 }

// run prints to out. It fails with a refusal after it printed what remains as it
// is.
func (c *command) run(ctx context.Context, out io.Writer) error {
	cluster, err := c.load()
	if err != nil {
		return err
	}
	if cluster.Composite, err = c.admit(ctx, cluster.Composite); err != nil {
		return err
	}
	history, err := cluster.Settle(ctx, function.New(logging.NewNopLogger()))
	if err != nil {
		return err
	}
	for i, r := range history {
		if _, err := fmt.Fprintf(out, "# reconcile %d:%s%s\n", i+1, names(" +", r.Came), names(" -", r.Went)); err != nil {
			return errors.Wrap(err, "cannot print")
		}
	}
	if err := show(out, "status", cluster.Composite.GetFields()["status"].GetStructValue()); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(cluster.Composed)) {
		o := proto.CloneOf(cluster.Composed[name])
		delete(o.Fields, "status")
		metadata := o.GetFields()["metadata"].GetStructValue()
		delete(metadata.GetFields(), "managedFields")
		delete(metadata.GetFields(), "generation")
		if err := show(out, "composed as "+name, o); err != nil {
			return err
		}
	}
	if accepted := compose.NewResource(cluster.Composite).Condition("Accepted"); accepted.Status == compose.False {
		return refusal{message: accepted.Message}
	}
	return nil
}

// admit a manifest as the API server does, and fields as kubectl does. It returns what the API server
// would store.
func (c *command) admit(ctx context.Context, composite *structpb.Struct) (*structpb.Struct, error) {
	b, err := os.ReadFile(c.Definition)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the definition")
	}
	definition, err := preview.ReadDefinition(b)
	if err != nil {
		return nil, err
	}
	// Numbers of JSON keep their type, so that a rule compares integers.
	text, err := composite.MarshalJSON()
	if err != nil {
		return nil, errors.Wrap(err, "cannot convert the manifest")
	}
	object := map[string]any{}
	if err := utiljson.Unmarshal(text, &object); err != nil {
		return nil, errors.Wrap(err, "cannot convert the manifest")
	}
	problems, unknown := definition.Judge(ctx, object, nil)
	for _, field := range unknown {
		problems = append(problems, field+": unknown field")
	}
	if len(problems) > 0 {
		return nil, refusal{message: strings.Join(problems, "; ")}
	}
	stored, err := structpb.NewStruct(object)
	return stored, errors.Wrap(err, "cannot convert the manifest")
}

// load the imagined cluster.
func (c *command) load() (*preview.Cluster, error) {
	out := &preview.Cluster{Objects: map[string]*structpb.Struct{}}
	documents, err := read(c.Manifest)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		kind := d.GetFields()["kind"].GetStringValue()
		metadata := d.GetFields()["metadata"].GetStructValue()
		if kind == v1alpha1.MattermostInstallationKind {
			if _, ok := metadata.GetFields()["namespace"]; !ok {
				metadata.Fields["namespace"] = structpb.NewStringValue("default")
			}
			out.Composite = d
			continue
		}
		out.Objects[preview.Key(kind, metadata.GetFields()["name"].GetStringValue())] = d
	}
	if out.Composite == nil {
		return nil, errors.Errorf("cannot find a %s in %s", v1alpha1.MattermostInstallationKind, c.Manifest)
	}
	out.Lookup = preview.CompleteObjects(out.Composite)
	compositions, err := read(c.Composition)
	if err != nil {
		return nil, err
	}
	for _, d := range compositions {
		for _, step := range d.GetFields()["spec"].GetStructValue().GetFields()["pipeline"].GetListValue().GetValues() {
			out.Input = step.GetStructValue().GetFields()["input"].GetStructValue()
		}
	}
	return out, nil
}

func read(file string) ([]*structpb.Struct, error) {
	b, err := os.ReadFile(file) //nolint:gosec // The file that the user names.
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the manifest")
	}
	var out []*structpb.Struct
	for _, document := range strings.Split(string(b), "\n---") {
		m := map[string]any{}
		if err := yaml.UnmarshalStrict([]byte(document), &m); err != nil {
			return nil, errors.Wrapf(err, "cannot parse %s", file)
		}
		if len(m) == 0 {
			continue
		}
		s, err := structpb.NewStruct(m)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot convert %s", file)
		}
		out = append(out, s)
	}
	return out, nil
}

func names(sign string, of []string) string {
	if len(of) == 0 {
		return ""
	}
	return sign + strings.Join(of, sign)
}

func show(out io.Writer, title string, s *structpb.Struct) error {
	b, err := yaml.Marshal(s.AsMap())
	if err != nil {
		return errors.Wrap(err, "cannot print")
	}
	_, err = fmt.Fprintf(out, "---\n# %s\n%s", title, b)
	return errors.Wrap(err, "cannot print")
}
