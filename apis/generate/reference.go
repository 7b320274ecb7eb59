package main

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-tools/pkg/crd"
	"sigs.k8s.io/controller-tools/pkg/loader"
)

const (
	referenceDirectory        = "docs/reference"
	managedReferenceDirectory = "docs/reference/provider"
)

// reference documents the fields of kinds, from the schemas before they are
// flattened: a field of a type that is not ours is one row, with the type's name.
type reference struct {
	schemata map[crd.TypeIdent]extv1.JSONSchemaProps
	out      bytes.Buffer
}

// document a kind of package pkg as Markdown.
func document(parser *crd.Parser, pkg *loader.Package, c *extv1.CustomResourceDefinition) ([]byte, error) {
	r := &reference{schemata: parser.Schemata}
	kind := crd.TypeIdent{Package: pkg, Name: c.Spec.Names.Kind}
	schema := r.schemata[kind]

	fmt.Fprintf(&r.out, "<!-- Generated from the Go types by make generate. Do not edit. -->\n\n# %s\n\n", c.Spec.Names.Kind)
	fmt.Fprintf(&r.out, "`%s/%s`\n\n%s\n\n", c.Spec.Group, c.Spec.Versions[0].Name, oneLine(schema.Description))
	r.out.WriteString("| Field | Type | Meaning |\n|---|---|---|\n")

	for _, name := range []string{"apiVersion", "kind", "metadata"} {
		delete(schema.Properties, name)
	}

	if err := r.fields("", pkg, schema); err != nil {
		return nil, errors.Wrapf(err, "cannot document %s", c.Name)
	}

	return r.out.Bytes(), nil
}

func referencePath(c *extv1.CustomResourceDefinition) string {
	dir := referenceDirectory
	if c.Spec.Group == serverGroup {
		dir = managedReferenceDirectory
	}

	return path.Join(dir, strings.ToLower(c.Spec.Names.Kind)+".md")
}

// fields of an object: one row each, those of our own types followed by theirs.
func (r *reference) fields(parent string, pkg *loader.Package, schema extv1.JSONSchemaProps) error {
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		field := schema.Properties[name]
		at := parent + name

		named, typ, err := r.typeOf(pkg, field)
		if err != nil {
			return err
		}

		meaning := strings.Fields(field.Description)
		if slices.Contains(schema.Required, name) {
			meaning = append(meaning, "Required.")
		}

		fmt.Fprintf(&r.out, "| `%s` | %s | %s |\n", at, named, oneLine(strings.Join(append(meaning, rules(field)...), " ")))

		if typ == nil {
			continue
		}

		if err := r.fields(at+strings.TrimPrefix(named, typ.Name)+".", typ.Package, r.schemata[*typ]); err != nil {
			return err
		}
	}

	return nil
}

// typeOf names the type of a field, followed by [] for a list and {} for a map,
// and identifies it when it is an object of our own.
func (r *reference) typeOf(pkg *loader.Package, field extv1.JSONSchemaProps) (string, *crd.TypeIdent, error) {
	switch {
	case field.Items != nil && field.Items.Schema != nil:
		name, typ, err := r.typeOf(pkg, *field.Items.Schema)
		return name + "[]", typ, err
	case field.AdditionalProperties != nil && field.AdditionalProperties.Schema != nil:
		name, typ, err := r.typeOf(pkg, *field.AdditionalProperties.Schema)
		return name + "{}", typ, err
	}

	ref := field.Ref
	for i := range field.AllOf {
		if ref == nil {
			ref = field.AllOf[i].Ref
		}
	}

	if ref == nil {
		return plainType(field), nil, nil
	}

	return r.resolve(pkg, *ref)
}

// resolve a reference to a type.
func (r *reference) resolve(pkg *loader.Package, ref string) (string, *crd.TypeIdent, error) {
	name, pkgPath, err := crd.RefParts(ref)
	if err != nil {
		return "", nil, errors.Wrapf(err, "cannot resolve type %s", ref)
	}

	if pkgPath == "" {
		pkgPath = pkg.PkgPath
	}

	for typ, schema := range r.schemata {
		if typ.Name != name || typ.Package.PkgPath != pkgPath {
			continue
		}

		if schema.Type != "object" {
			return plainType(schema), nil, nil
		}

		if strings.HasPrefix(pkgPath, modulePath) && len(schema.Properties) > 0 {
			return name, &typ, nil
		}
	}

	return name, nil, nil
}

func plainType(schema extv1.JSONSchemaProps) string {
	if schema.XIntOrString {
		return "integer or string"
	}

	return schema.Type
}

// rules of a field that its type does not tell.
func rules(field extv1.JSONSchemaProps) []string {
	var out []string

	if len(field.Enum) > 0 {
		values := make([]string, 0, len(field.Enum))
		for _, v := range field.Enum {
			values = append(values, "`"+strings.Trim(string(v.Raw), `"`)+"`")
		}

		out = append(out, "One of "+strings.Join(values, ", ")+".")
	}

	if field.Default != nil {
		out = append(out, "Default: `"+strings.Trim(string(field.Default.Raw), `"`)+"`.")
	}

	return out
}

func oneLine(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
