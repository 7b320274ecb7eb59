package provision

import "testing"

func TestAwaited(t *testing.T) {
	const (
		ready   = "{apiVersion: s3.aws.m.upbound.io/v1beta1, kind: Bucket, status: {conditions: [{type: Ready, status: 'True'}]}}"
		unready = "{apiVersion: s3.aws.m.upbound.io/v1beta1, kind: Bucket, status: {conditions: [{type: Synced, status: 'True'}, {type: Ready, status: 'False'}]}}"
		bound   = "{apiVersion: objectbucket.io/v1alpha1, kind: ObjectBucketClaim, status: {phase: Bound}}"
		pending = "{apiVersion: objectbucket.io/v1alpha1, kind: ObjectBucketClaim, status: {phase: Pending, conditions: [{type: Ready, status: 'True'}]}}"

		bucketAwaited = "waiting for buckets.s3 \"chat-bucket\" to be ready: should it not, `kubectl describe buckets.s3 chat-bucket` says why"
		claimAwaited  = "waiting for claims \"chat-claim\" to be ready: should it not, `kubectl describe claims chat-claim` says why"
	)
	parts := []Part{{Composed: "bucket", Resource: "buckets.s3", Name: "chat-bucket"}, {Composed: "claim", Resource: "claims", Name: "chat-claim"}}
	cases := map[string]struct {
		reason string
		seen   map[string]string
		want   string
	}{
		"Nothing":   {reason: "Nothing is there, and the first part is named.", want: bucketAwaited},
		"All":       {reason: "All are ready, each by its kind's measure.", seen: map[string]string{"bucket": ready, "claim": bound}},
		"NotReady":  {reason: "It says that it is not.", seen: map[string]string{"bucket": unready, "claim": bound}, want: bucketAwaited},
		"OnlyFirst": {reason: "The second is missing.", seen: map[string]string{"bucket": ready}, want: claimAwaited},
		"ByKind":    {reason: "A claim is ready when it is bound, whatever else it says.", seen: map[string]string{"bucket": ready, "claim": pending}, want: claimAwaited},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Awaited(seen(t, "{}", tc.seen), parts...); got != tc.want {
				t.Errorf("%s\nwant %q\ngot  %q", tc.reason, tc.want, got)
			}
		})
	}
	if got := Awaited(seen(t, "{}", nil)); got != "" {
		t.Errorf("of nothing, something is awaited: %s", got)
	}
}
