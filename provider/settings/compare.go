package settings

import (
	"reflect"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// compare settings with the server's config, and return those that differ. Secrets that
// the server hides differ when they were written from other versions of their Secrets.
func compare(settings []setting, config map[string]any, written map[string]string) ([]setting, error) {
	var differ []setting

	for _, s := range settings {
		value, known := lookup(config, s.path)

		switch {
		case !known && !free(s.path):
			return nil, errors.Errorf("the server has no setting %s that the account may see: correct it in spec.forProvider", s)
		case value == model.FakeSetting && s.version == "":
			return nil, errors.Errorf("the server hides %s, which is a secret: move it to spec.forProvider.secretConfig", s)
		case value == model.FakeSetting && written[s.String()] != s.version,
			value != model.FakeSetting && !equal(s.value, value):
			differ = append(differ, s)
		}
	}

	return differ, nil
}

// equal says whether a declared value is the server's, where no list is an empty one.
func equal(declared, server any) bool {
	if list, ok := declared.([]any); ok && len(list) == 0 && server == nil {
		return true
	}

	return reflect.DeepEqual(declared, server)
}

// lookup the value at path in config, if there is one.
func lookup(config map[string]any, path []string) (value any, known bool) {
	value = config

	for _, key := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}

		if value, ok = object[key]; !ok {
			return nil, false
		}
	}

	return value, true
}

// patch returns the part of a configuration to change settings with. A server takes what
// has free keys as a whole, so that the rest of that is in it as config has it.
func patch(settings []setting, config map[string]any) map[string]any {
	out := map[string]any{}

	for _, s := range settings {
		if whole := s.path[:min(2, len(s.path))]; free(s.path) {
			if _, begun := lookup(out, whole); !begun {
				if value, ok := lookup(config, whole); ok && value != nil {
					put(out, whole, value)
				}
			}
		}

		put(out, s.path, s.value)
	}

	return out
}

// put value at path into object.
func put(object map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		inner, ok := object[key].(map[string]any)
		if !ok {
			inner = map[string]any{}
			object[key] = inner
		}

		object = inner
	}

	object[path[len(path)-1]] = value
}

// free says whether path is below one of the settings whose keys are no settings of the
// server, but ids of plugins.
func free(path []string) bool {
	return len(path) > 2 && path[0] == "PluginSettings" && slices.Contains([]string{"Plugins", "PluginStates"}, path[1])
}

// variable of a server's environment that sets path.
func variable(path []string) string {
	return "MM_" + strings.ToUpper(strings.Join(path, "_"))
}

// names of settings.
func names(settings []setting) string {
	out := make([]string, 0, len(settings))
	for _, s := range settings {
		out = append(out, s.String())
	}

	return strings.Join(out, ", ")
}
