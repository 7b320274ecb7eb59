package discretion

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	login = "chat-login"
	// goneLimit is far above what it takes to hear of a Secret.
	goneLimit = time.Minute
)

// scene is a cluster with a Secret, and a node with the log of a container.
type scene struct {
	cluster client.WithWatch
	options Options
	log     string
}

func play(t *testing.T) scene {
	t.Helper()
	dir := t.TempDir()
	s := scene{
		cluster: fakeclient.NewClientBuilder().WithObjects(&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: login, UID: "1"},
			Data: map[string][]byte{
				"username": []byte("administrator"), "password": []byte(hard), "AWS_ENDPOINT_URL": []byte("http://s3.storage.svc:7070"),
			},
		}).WithInterceptorFuncs(interceptor.Funcs{List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
			err := c.List(ctx, list, opts...)
			// A cluster in memory has none, without which nothing can be followed.
			list.SetResourceVersion("1")
			return err
		}}).Build(),
		options: Options{PodLogs: filepath.Join(dir, "pods"), Kept: filepath.Join(dir, "kept")},
		log:     filepath.Join(dir, "pods", "demo_pod_1", "container", "0.log"),
	}
	if err := os.MkdirAll(filepath.Dir(s.log), 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s scene) begin(t *testing.T) *Watch {
	t.Helper()
	w, err := Begin(t.Context(), s.cluster, s.options)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// knows is an error until a value is known as a secret.
func (w *Watch) knows(value string) error {
	if len(w.In(value)) == 0 {
		return errors.New("it is not known")
	}
	return nil
}

// say something in the log, and wait until the log is kept.
func (s scene) say(t *testing.T, text string) {
	t.Helper()
	f, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := (keeper{logs: s.options.PodLogs, kept: s.options.Kept}).keep(); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	cases := map[string]struct {
		reason string
		play   func(t *testing.T, s scene, w *Watch)
		want   string
	}{
		"Discreet": {
			reason: "an account's name is no secret",
			play:   func(t *testing.T, s scene, _ *Watch) { t.Helper(); s.say(t, "administrator logs in") },
		},
		"Place": {
			reason: "where something is is no secret",
			play:   func(t *testing.T, s scene, _ *Watch) { t.Helper(); s.say(t, "archives to http://s3.storage.svc:7070") },
		},
		"Said": {
			reason: "a secret that was there before is known",
			play:   func(t *testing.T, s scene, _ *Watch) { t.Helper(); s.say(t, "administrator logs in with "+hard) },
			want:   "key password of Secret demo/chat-login is said as it is",
		},
		"LogIsGone": {
			reason: "a log is searched though the pod is gone, with what was said after it was kept",
			play: func(t *testing.T, s scene, _ *Watch) {
				t.Helper()
				s.say(t, "begun")
				s.say(t, hard)
				if err := os.RemoveAll(filepath.Dir(filepath.Dir(s.log))); err != nil {
					t.Fatal(err)
				}
			},
			want: "demo_pod_1_container_0.log",
		},
		"LogIsRotated": {
			reason: "a log is searched though it was compressed",
			play: func(t *testing.T, s scene, _ *Watch) {
				t.Helper()
				s.say(t, hard)
				if err := os.Remove(s.log); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(s.log+".20260101-000000.gz", []byte("compressed"), 0o600); err != nil {
					t.Fatal(err)
				}
				s.say(t, "begun anew")
			},
			want: "demo_pod_1_container_0.log",
		},
		"SecretIsGone": {
			reason: "a Secret that was there for a moment is known",
			play: func(t *testing.T, s scene, w *Watch) {
				t.Helper()
				// A cluster in memory tells nothing of what was before a watch.
				if err := kube.Until(t.Context(), goneLimit, func(ctx context.Context) error {
					brief := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "demo", Name: "brief", UID: "2"}, Data: map[string][]byte{"token": []byte("token-of-a-moment")}}
					return errors.Join(s.cluster.Create(ctx, brief.DeepCopy()), s.cluster.Delete(ctx, brief), w.knows("token-of-a-moment"))
				}); err != nil {
					t.Fatal(err)
				}
				s.say(t, "token-of-a-moment")
			},
			want: "key token of Secret demo/brief",
		},
		"Added": {
			reason: "a secret that is in no Secret is known when it was added",
			play: func(t *testing.T, s scene, w *Watch) {
				t.Helper()
				w.Add("a session", "token-of-a-session")
				s.say(t, "token-of-a-session")
			},
			want: "a session is said",
		},
		"NoLogs": {
			reason: "where nothing was said, nothing is proven",
			play:   func(*testing.T, scene, *Watch) {},
			want:   "nothing is proven",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			w := s.begin(t)
			tc.play(t, s, w)
			account, err := w.End()

			if tc.want == "" {
				if err != nil || !strings.Contains(account, "were looked for in 1 logs") {
					t.Errorf("%s: %q, error: %v", tc.reason, account, err)
				}

				return
			}

			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), hard) {
				t.Errorf("%s: error: %v, want %q in it", tc.reason, err, tc.want)
			}
		})
	}
}

func TestOtherLogsAreSearched(t *testing.T) {
	s := play(t)
	daemon := filepath.Join(t.TempDir(), "kubelet.log")
	s.options.Logs = []string{daemon}
	if err := os.WriteFile(daemon, []byte(hard), 0o600); err != nil {
		t.Fatal(err)
	}

	w := s.begin(t)
	s.say(t, "nothing")

	if _, err := w.End(); err == nil || !strings.Contains(err.Error(), "kubelet.log") {
		t.Errorf("a secret in the log of a daemon: %v", err)
	}
}

func TestExcused(t *testing.T) {
	cases := map[string]struct {
		reason  string
		excused string
		want    bool
	}{
		"This":  {reason: "what is excused in a log is passed over", excused: "demo_pod_1_container_0.log"},
		"Other": {reason: "in another log it is not", excused: "other.log", want: true},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.options.Excused = func(log string, f Find) bool {
				return strings.HasSuffix(log, tc.excused) && strings.HasPrefix(f.Secret, "key password")
			}
			w := s.begin(t)
			s.say(t, hard)

			if _, err := w.End(); (err != nil) != tc.want {
				t.Errorf("%s: %v", tc.reason, err)
			}
		})
	}
}
