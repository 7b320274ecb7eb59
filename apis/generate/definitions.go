package main

import (
	"encoding/json"
	"iter"
	"path"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	v2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-tools/pkg/crd"
	"sigs.k8s.io/controller-tools/pkg/genall"
	"sigs.k8s.io/controller-tools/pkg/loader"
	"sigs.k8s.io/controller-tools/pkg/markers"
	"sigs.k8s.io/yaml"
)

const (
	modulePath = "github.com/crossplane-mattermost/crossplane-mattermost"
	inputGroup = "mattermost.fn.crossplane.io"

	// serverGroup is the group of managed resources, and serverDirectory of their types.
	serverGroup     = "mattermost.m.crossplane.io"
	serverDirectory = "apis/server/v1alpha1"

	definitionDirectory = "package/configuration"
	inputDirectory      = "package/function/input"
	managedDirectory    = "package/provider/crds"
	legacyDirectory     = "package/configuration-claims"

	// claimed is the kind that legacy claims are made of.
	claimed = "mattermostinstallations.mattermost.crossplane.io"

	// inlinedDescription is the length in characters to which descriptions of
	// Kubernetes' own types are cut, at the end of a sentence.
	inlinedDescription = 160

	header = "# Generated from the Go types by make generate. Do not edit.\n"
)

// definitions generates the definition of every kind in the loaded packages.
type definitions struct {
	files *files
}

// RegisterMarkers registers the markers of schemas.
func (d definitions) RegisterMarkers(into *markers.Registry) error {
	return crd.Generator{}.RegisterMarkers(into)
}

// CheckFilter skips what cannot be part of a schema.
func (d definitions) CheckFilter() loader.NodeFilter {
	return crd.Generator{}.CheckFilter()
}

// Generate adds a file for each kind.
func (d definitions) Generate(ctx *genall.GenerationContext) error {
	parser := &crd.Parser{Collector: ctx.Collector, Checker: ctx.Checker}

	for pkg, c := range customResources(ctx, parser) {
		documentation, err := document(parser, pkg, c)
		if err != nil {
			return err
		}

		d.files.content[referencePath(c)] = documentation

		dir, definition := inputDirectory, any(c)

		switch c.Spec.Group {
		case inputGroup:
		case serverGroup:
			dir = managedDirectory
		default:
			xrd, err := compositeResourceDefinition(c)
			if err != nil {
				return errors.Wrapf(err, "cannot define composite %s", c.Name)
			}

			dir, definition = definitionDirectory, xrd

			if c.Name == claimed {
				if err := d.generateLegacy(xrd); err != nil {
					return err
				}
			}
		}

		content, err := manifest(definition)
		if err != nil {
			return errors.Wrapf(err, "cannot write the definition of %s", c.Name)
		}

		d.files.content[path.Join(dir, c.Spec.Names.Plural+".yaml")] = content
	}

	return nil
}

// generateLegacy adds the definition of a composite resource for platforms that hand
// out claims.
func (d definitions) generateLegacy(xrd *v2.CompositeResourceDefinition) error {
	legacy, err := legacyDefinition(xrd)
	if err != nil {
		return errors.Wrapf(err, "cannot define the claim of %s", xrd.Name)
	}

	content, err := manifest(legacy)
	if err != nil {
		return errors.Wrapf(err, "cannot write the definition of the claim of %s", xrd.Name)
	}

	d.files.content[path.Join(legacyDirectory, legacy.Spec.Names.Plural+".yaml")] = content

	return nil
}

// customResources yields every kind in the packages of ctx, with its package, as a
// custom resource would be defined. Problems are recorded in the packages.
func customResources(ctx *genall.GenerationContext, parser *crd.Parser) iter.Seq2[*loader.Package, *extv1.CustomResourceDefinition] {
	crd.AddKnownTypes(parser)

	for _, root := range ctx.Roots {
		parser.NeedPackage(root)
	}

	kinds := crd.FindKubeKinds(parser, crd.FindMetav1(ctx.Roots))
	packages := map[schema.GroupKind]*loader.Package{}

	for _, root := range ctx.Roots {
		for _, kind := range kinds {
			// Types of another group may have the name of a kind.
			if kind.Group == parser.GroupVersions[root].Group && parser.LookupType(root, kind.Kind) != nil {
				parser.NeedSchemaFor(crd.TypeIdent{Package: root, Name: kind.Kind})
				packages[kind] = root
			}
		}
	}

	abbreviate(parser.Schemata)

	return func(yield func(*loader.Package, *extv1.CustomResourceDefinition) bool) {
		for _, kind := range kinds {
			parser.NeedCRDFor(kind, nil)
			c := parser.CustomResourceDefinitions[kind]
			crd.FixTopLevelMetadata(c)

			if !yield(packages[kind], &c) {
				return
			}
		}
	}
}

// abbreviate cuts the descriptions of types that are not ours, such as a
// container's environment, which would make up most of a definition.
func abbreviate(schemata map[crd.TypeIdent]extv1.JSONSchemaProps) {
	for typ, schema := range schemata {
		if !strings.HasPrefix(typ.Package.PkgPath, modulePath) {
			crd.TruncateDescription(&schema, inlinedDescription)
			schemata[typ] = schema
		}
	}
}

// manifest returns definition as YAML, without the parts that only a cluster
// fills in.
func manifest(definition any) ([]byte, error) {
	j, err := json.Marshal(definition)
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode as JSON")
	}

	object := map[string]any{}
	if err := json.Unmarshal(j, &object); err != nil {
		return nil, errors.Wrap(err, "cannot decode JSON")
	}

	delete(object, "status")

	y, err := yaml.Marshal(object)

	return append([]byte(header), y...), errors.Wrap(err, "cannot encode as YAML")
}
