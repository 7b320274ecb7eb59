package image

import (
	"context"

	imagename "github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// publishers is how many images are pushed at once.
const publishers = 4

// Publish pushes the images, under all their names, to the registry at the
// given host:port over plain HTTP. Blobs that are there already are not sent.
func Publish(ctx context.Context, registry string, images ...Built) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(publishers)
	for _, i := range images {
		group.Go(func() error { return publish(ctx, registry, i) })
	}
	return group.Wait()
}

func publish(ctx context.Context, registry string, b Built) error {
	i, err := b.Load()
	if err != nil {
		return err
	}
	// One name after the other, so that the second one finds the blobs.
	for _, n := range b.Names {
		ref, err := reference(registry, n)
		if err != nil {
			return err
		}
		if err := remote.Write(ref, i, remote.WithContext(ctx)); err != nil {
			return errors.Wrapf(err, "cannot push image %s", n)
		}
	}
	return nil
}

func reference(registry, n string) (imagename.Tag, error) {
	ref, err := imagename.NewTag(registry+"/"+n, imagename.Insecure)
	return ref, errors.Wrap(err, "cannot name image")
}
