// Package gitops asks the libraries of GitOps tools what they make of our resources.
package gitops

import (
	"os"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"
)

// TestTools: kstatus, which Flux uses, and our script for Argo CD tell progress from failure.
func TestTools(t *testing.T) {
	const (
		ready   = "{type: Ready, status: 'True', reason: Available}, {type: Synced, status: 'True', reason: ReconcileSuccess}"
		unready = "{type: Ready, status: 'False', reason: Creating}, {type: Synced, status: 'True', reason: ReconcileSuccess}"
	)
	cases := map[string]struct {
		reason string
		status string
		flux   kstatus.Status
		argo   string
		// says is the message of the script.
		says string
	}{
		"New":        {reason: "Nothing is known yet.", status: "{}", flux: kstatus.CurrentStatus, argo: "Progressing", says: "waiting for the first conditions"},
		"Installing": {reason: "The first server starts.", status: "{observedGeneration: 2, conditions: [" + unready + ", {type: Reconciling, status: 'True', reason: InProgress}]}", flux: kstatus.InProgressStatus, argo: "Progressing", says: "in progress"},
		"Stable":     {reason: "Everything runs.", status: "{observedGeneration: 2, conditions: [" + ready + ", {type: Reconciling, status: 'False', reason: Complete}]}", flux: kstatus.CurrentStatus, argo: "Healthy"},
		"Unobserved": {reason: "The spec was edited just now.", status: "{observedGeneration: 1, conditions: [" + ready + "]}", flux: kstatus.InProgressStatus, argo: "Progressing", says: "waiting for the spec to be observed"},
		"Refused":    {reason: "A running installation is ready, and its change is refused.", status: "{observedGeneration: 2, conditions: [" + ready + ", {type: Accepted, status: 'False', reason: SizeUnknown, message: use another size}, {type: Stalled, status: 'True', reason: SizeUnknown, message: 'Accepted: use another size'}]}", flux: kstatus.FailedStatus, argo: "Degraded", says: "Accepted: use another size"},
		"Fatal":      {reason: "No answer is safe.", status: "{observedGeneration: 2, conditions: [{type: Ready, status: 'True'}, {type: Synced, status: 'False', reason: ReconcileError, message: cannot compose}, {type: Stalled, status: 'True', reason: FatalError, message: cannot compose it}]}", flux: kstatus.FailedStatus, argo: "Degraded", says: "cannot compose it"},
		"NotApplied": {reason: "Kubernetes refuses an object.", status: "{observedGeneration: 2, conditions: [{type: Ready, status: 'True'}, {type: Synced, status: 'False', reason: ReconcileError, message: invalid}, {type: Reconciling, status: 'True', reason: InProgress}]}", flux: kstatus.InProgressStatus, argo: "Degraded", says: "invalid"},
		"Webhook":    {reason: "Kubernetes refuses an object for another reason, and nothing is observed.", status: "{observedGeneration: 1, conditions: [{type: Ready, status: Unknown}, {type: Synced, status: 'False', reason: ReconcileError, message: denied}, {type: Reconciling, status: Unknown}]}", flux: kstatus.InProgressStatus, argo: "Degraded", says: "denied"},
		"Upgrading":  {reason: "The old version serves.", status: "{observedGeneration: 2, conditions: [" + ready + ", {type: Reconciling, status: 'True', reason: InProgress}]}", flux: kstatus.InProgressStatus, argo: "Progressing", says: "in progress"},
		"GoesOn":     {reason: "A failure is over.", status: "{observedGeneration: 2, conditions: [" + ready + ", {type: Stalled, status: 'False', reason: NotStalled}]}", flux: kstatus.CurrentStatus, argo: "Healthy"},
		"Suspended":  {reason: "Nobody wants backups for now.", status: "{observedGeneration: 2, state: suspended, conditions: [" + ready + "]}", flux: kstatus.CurrentStatus, argo: "Suspended", says: "the schedule is suspended"},
	}
	script, err := os.ReadFile("../../docs/argocd/health.lua")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := map[string]any{}
			text, err := yaml.YAMLToJSON([]byte("{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, metadata: {name: chat, namespace: ns, generation: 2}, status: " + tc.status + "}"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &object); err != nil {
				t.Fatal(err)
			}
			got, err := kstatus.Compute(&unstructured.Unstructured{Object: object})
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != tc.flux {
				t.Errorf("%s\nkstatus says %s, want %s: %s", tc.reason, got.Status, tc.flux, got.Message)
			}
			if status, message := healthOf(t, string(script), object); status != tc.argo || message != tc.says {
				t.Errorf("%s\nArgo CD says %s %q, want %s %q", tc.reason, status, message, tc.argo, tc.says)
			}
		})
	}
}

// healthOf an object, as Argo CD asks a script for it.
func healthOf(t *testing.T, script string, object map[string]any) (status, message string) {
	t.Helper()
	l := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer l.Close()
	// Argo CD opens these libraries, and a safe one of the system. Others need useOpenLibs.
	for name, open := range map[string]lua.LGFunction{lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		if err := l.CallByParam(lua.P{Fn: l.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			t.Fatal(err)
		}
	}
	l.SetGlobal("obj", valueOf(l, object))
	if err := l.DoString(script); err != nil {
		t.Fatal(err)
	}
	health, ok := l.Get(-1).(*lua.LTable)
	if !ok {
		t.Fatalf("the script returns %s", l.Get(-1).Type())
	}
	return health.RawGetString("status").String(), health.RawGetString("message").String()
}

func valueOf(l *lua.LState, value any) lua.LValue {
	switch v := value.(type) {
	case map[string]any:
		out := l.NewTable()
		for key, of := range v {
			out.RawSetString(key, valueOf(l, of))
		}
		return out
	case []any:
		out := l.NewTable()
		for _, of := range v {
			out.Append(valueOf(l, of))
		}
		return out
	case string:
		return lua.LString(v)
	case float64:
		return lua.LNumber(v)
	case int64:
		return lua.LNumber(v)
	case bool:
		return lua.LBool(v)
	}
	return lua.LNil
}
