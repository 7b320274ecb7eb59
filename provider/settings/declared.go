package settings

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/secret"
)

// loggingJSON is a setting that has any JSON as its value.
const loggingJSON = "AdvancedLoggingJSON"

// pluginSettings is what the paths of plugins' settings begin with. A plugin's id has
// dots.
const pluginSettings = "PluginSettings.Plugins."

// setting is one setting that is declared.
type setting struct {
	path  []string
	value any

	// version of the Secret that the value is from. It is empty for what is no secret.
	version string
}

// String names the setting, and hides its value.
func (s setting) String() string { return strings.Join(s.path, ".") }

// declared returns every setting that mg declares, in order.
func (e *external) declared(ctx context.Context, mg *v1alpha1.Settings) ([]setting, error) {
	settings, err := plain(mg.Spec.ForProvider)
	if err != nil {
		return nil, errors.Wrap(err, "cannot use spec.forProvider.config")
	}

	for _, s := range mg.Spec.ForProvider.SecretConfig {
		value, err := secret.Get(ctx, e.kube, mg.GetNamespace(), s.ValueSecretRef)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot use %s of spec.forProvider.secretConfig", s.Path)
		}

		if slices.ContainsFunc(settings, func(other setting) bool { return other.String() == s.Path }) {
			return nil, errors.Errorf("%s is in spec.forProvider.config and in secretConfig: leave it in one of the two", s.Path)
		}

		settings = append(settings, setting{path: split(s.Path), value: value.Text, version: value.Version})
	}

	return settings, nil
}

// plain returns the settings that are no secrets.
func plain(p v1alpha1.SettingsParameters) ([]setting, error) {
	if p.Config == nil {
		return nil, nil
	}

	config := map[string]any{}
	if err := json.Unmarshal(p.Config.Raw, &config); err != nil {
		return nil, errors.Wrap(err, "it must be an object")
	}

	settings, err := flatten(nil, config)
	if err != nil {
		return nil, err
	}

	hidden := sanitized(p.Config.Raw)

	for _, s := range settings {
		if value, _ := lookup(hidden, s.path); value == model.FakeSetting {
			return nil, errors.Errorf("the server hides %s, which is a secret: move it to spec.forProvider.secretConfig", s)
		}
	}

	return settings, nil
}

// flatten an object below parent into its settings.
func flatten(parent []string, object map[string]any) ([]setting, error) {
	var settings []setting

	for _, key := range slices.Sorted(maps.Keys(object)) {
		s := setting{path: append(slices.Clone(parent), key), value: object[key]}
		inner, isObject := s.value.(map[string]any)

		switch {
		case s.value == nil:
			return nil, errors.Errorf("%s is null: leave it out", s)
		case isObject && key != loggingJSON:
			below, err := flatten(s.path, inner)
			if err != nil {
				return nil, err
			}

			settings = append(settings, below...)
		case parent == nil:
			return nil, errors.Errorf("%s must be an object of settings", s)
		default:
			settings = append(settings, s)
		}
	}

	return settings, nil
}

// sanitized returns config with what a server would hide in it hidden. What a server of
// this version does not know is left out.
func sanitized(config []byte) map[string]any {
	known := &model.Config{}
	// A value of another type is the server's to refuse.
	_ = json.Unmarshal(config, known)

	known.Sanitize(nil, nil)

	out := map[string]any{}

	if j, err := json.Marshal(known); err == nil {
		_ = json.Unmarshal(j, &out)
	}

	return out
}

// split a path into its keys.
func split(path string) []string {
	if below, ok := strings.CutPrefix(path, pluginSettings); ok {
		if i := strings.LastIndex(below, "."); i > 0 {
			return append(strings.Split(strings.TrimSuffix(pluginSettings, "."), "."), below[:i], below[i+1:])
		}
	}

	return strings.Split(path, ".")
}
