package preview

import (
	"google.golang.org/protobuf/types/known/structpb"
)

// CompleteObjects imagines objects that are all that a composite needs of them: those of
// CompleteObject, and Secrets with the keys that its spec names besides.
func CompleteObjects(composite *structpb.Struct) func(kind, name string) *structpb.Struct {
	keys := map[string][]string{}
	collectKeys(composite.GetFields()["spec"], keys)
	return func(kind, name string) *structpb.Struct {
		out := CompleteObject(kind, name)
		data := out.GetFields()["data"].GetStructValue()
		if data == nil {
			return out
		}
		for _, key := range keys[name] {
			if _, there := data.GetFields()[key]; !there {
				data.Fields[key] = structpb.NewStringValue("YXNzdW1lZA==")
			}
		}
		return out
	}
}

// collectKeys of Secrets by the Secret's name, wherever a spec has a name and a key side by side.
func collectKeys(v *structpb.Value, keys map[string][]string) {
	fields := v.GetStructValue().GetFields()
	name, key := fields["name"].GetStringValue(), fields["key"].GetStringValue()
	if name != "" && key != "" {
		keys[name] = append(keys[name], key)
	}
	for _, below := range fields {
		collectKeys(below, keys)
	}
	for _, item := range v.GetListValue().GetValues() {
		collectKeys(item, keys)
	}
}
