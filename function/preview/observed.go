package preview

import (
	"encoding/json"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// Observed is an object as it is after it was applied: with the status that it
// had, a generation that counts changes, and managed fields that tell what was
// applied.
func Observed(was, applied *structpb.Struct) *structpb.Struct {
	out := proto.CloneOf(applied)
	if s, ok := was.GetFields()["status"]; ok {
		out.Fields["status"] = s
	}
	generation := was.GetFields()["metadata"].GetStructValue().GetFields()["generation"].GetNumberValue()
	if was == nil || !proto.Equal(was.GetFields()["spec"], applied.GetFields()["spec"]) {
		generation++
	}
	metadata := out.GetFields()["metadata"].GetStructValue()
	metadata.Fields["generation"] = structpb.NewNumberValue(generation)
	metadata.Fields["managedFields"] = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{
		object(map[string]*structpb.Value{
			"manager":   structpb.NewStringValue("apiextensions.crossplane.io/composed/preview"),
			"operation": structpb.NewStringValue("Apply"),
			"fieldsV1":  structpb.NewStructValue(fieldsOf(applied)),
		}),
	}})
	return out
}

// fieldsOf names every field of an object in the way of managed fields. Lists are
// owned item by item where items have names, and as a whole elsewhere.
func fieldsOf(s *structpb.Struct) *structpb.Struct {
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for k, v := range s.GetFields() {
		out.Fields["f:"+k] = structpb.NewStructValue(below(v))
	}
	return out
}

func below(v *structpb.Value) *structpb.Struct {
	if s := v.GetStructValue(); s != nil {
		return fieldsOf(s)
	}
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for _, item := range v.GetListValue().GetValues() {
		name, ok := item.GetStructValue().GetFields()["name"]
		if !ok {
			return &structpb.Struct{}
		}
		key, err := json.Marshal(map[string]string{"name": name.GetStringValue()})
		if err != nil {
			return &structpb.Struct{}
		}
		out.Fields["k:"+string(key)] = structpb.NewStructValue(fieldsOf(item.GetStructValue()))
	}
	return out
}

// available is the condition of a kind that reports its readiness itself.
func available() map[string]any { return map[string]any{"type": "Ready", "status": "True"} }

// Succeed gives an object the status that controllers give it when all is well.
func Succeed(o *structpb.Struct) {
	status := map[string]any{}
	switch o.GetFields()["kind"].GetStringValue() {
	case "Job":
		status = map[string]any{"conditions": []any{map[string]any{"type": "Complete", "status": "True"}}}
	case "PersistentVolumeClaim":
		status = map[string]any{"phase": "Bound"}
	case "Deployment":
		replicas := o.GetFields()["spec"].GetStructValue().GetFields()["replicas"].GetNumberValue()
		status = map[string]any{
			"observedGeneration": o.GetFields()["metadata"].GetStructValue().GetFields()["generation"].GetNumberValue(),
			"replicas":           replicas,
			"updatedReplicas":    replicas,
			"availableReplicas":  replicas,
		}
	case "StatefulSet":
		replicas := o.GetFields()["spec"].GetStructValue().GetFields()["replicas"].GetNumberValue()
		status = map[string]any{
			"observedGeneration": o.GetFields()["metadata"].GetStructValue().GetFields()["generation"].GetNumberValue(),
			"replicas":           replicas,
			"updatedReplicas":    replicas,
			"readyReplicas":      replicas,
		}
	case "Cluster", "Usage", "Server", "Team", "Channel":
		status = map[string]any{"conditions": []any{available()}}
	case "MattermostDatabase":
		status = map[string]any{"conditions": []any{available()}, "connection": map[string]any{
			"secretName": "claimed-database", "keys": map[string]any{"password": "password"},
			"values": map[string]any{"host": "claimed", "database": "mattermost", "username": "mattermost"},
		}}
	case "MattermostBucket":
		status = map[string]any{"conditions": []any{available()}, "connection": map[string]any{
			"secretName": "claimed-bucket", "keys": map[string]any{"accessKey": "accesskey", "secretKey": "secretkey"},
			"values": map[string]any{"endpoint": "http://claimed:7070", "bucket": "claimed"},
		}}
	}
	SetStatus(o, status)
}

// SetStatus of an object. A status that no protobuf can hold is left out.
func SetStatus(o *structpb.Struct, status map[string]any) {
	s, err := structpb.NewStruct(status)
	if err != nil || len(status) == 0 {
		return
	}
	o.Fields["status"] = structpb.NewStructValue(s)
}

// CompleteObject imagines an object that is all that an installation, a backup or a
// restore could need of it.
func CompleteObject(kind, name string) *structpb.Struct {
	object := map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": name}}
	switch kind {
	case "Secret":
		data := map[string]any{}
		for _, key := range []string{"accesskey", "secretkey", "license", "username", "password", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
			data[key] = "YXNzdW1lZA=="
		}
		// postgres://assumed
		data["DB_CONNECTION_STRING"] = "cG9zdGdyZXM6Ly9hc3N1bWVk"
		object["data"] = data
	case "PersistentVolumeClaim":
		object["status"] = map[string]any{"phase": "Bound"}
	case "MattermostInstallation":
		object["apiVersion"] = "mattermost.crossplane.io/v1alpha1"
		object["spec"] = map[string]any{"database": map[string]any{"claim": map[string]any{}}}
		object["status"] = map[string]any{
			"replicas": 2, "version": "11.4.0", "selector": "app=mattermost",
			"dataSource": map[string]any{
				"engine": "PostgreSQL", "secretName": name + "-connection", "urlKey": "DB_CONNECTION_STRING",
				"bucket": map[string]any{
					"secretName": "files", "keys": map[string]any{"accessKey": "accesskey", "secretKey": "secretkey"},
					"values": map[string]any{"endpoint": "http://assumed:7070", "bucket": "files"},
				},
			},
		}
	case "MattermostBackup":
		object["apiVersion"] = "mattermost.crossplane.io/v1alpha1"
		object["spec"] = map[string]any{"installation": "chat", "store": map[string]any{"bucket": "backups"}}
		object["status"] = map[string]any{"location": "s3://backups/assumed", "backups": []any{map[string]any{"name": name + "-2"}, map[string]any{"name": name + "-1"}}}
	case "MattermostBucket":
		object["apiVersion"] = "mattermost.crossplane.io/v1alpha1"
		object["status"] = map[string]any{"connection": map[string]any{
			"secretName": name, "keys": map[string]any{"accessKey": "accesskey", "secretKey": "secretkey"},
			"values": map[string]any{"endpoint": "http://assumed:7070", "bucket": name},
		}}
	case "MattermostDatabase":
		object["apiVersion"] = "mattermost.crossplane.io/v1alpha1"
		object["status"] = map[string]any{"backend": "CloudNativePG", "archive": map[string]any{
			"objectStore": name + "-pg", "serverName": name + "-pg-assumed", "destinationPath": "s3://archive", "databaseName": "mattermost", "version": "17",
		}}
	case "ObjectStore":
		object["apiVersion"] = "barmancloud.cnpg.io/v1"
		object["spec"] = map[string]any{"configuration": map[string]any{"destinationPath": "s3://archive"}}
		object["status"] = map[string]any{"serverRecoveryWindow": map[string]any{name + "-assumed": map[string]any{"firstRecoverabilityPoint": "2026-01-01T00:00:00Z"}}}
	case "Backup":
		object["apiVersion"] = "postgresql.cnpg.io/v1"
		object["status"] = map[string]any{"backupId": "20260301T020000"}
	case "Cluster":
		object["apiVersion"] = "postgresql.cnpg.io/v1"
		object["spec"] = map[string]any{"plugins": []any{map[string]any{"name": "barman-cloud.cloudnative-pg.io"}}}
	default:
		return nil
	}
	s, err := structpb.NewStruct(object)
	if err != nil {
		return nil
	}
	return s
}
