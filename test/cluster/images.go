package main

import (
	"context"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

// buildImages makes the images that are missing in the cache.
func (b *bringUp) buildImages(ctx context.Context) (err error) {
	b.built, err = b.builder.Build(ctx, b.images...)

	return err
}

// publishImages pushes the images to the registry and makes the node forget
// older ones of the same name, which it would otherwise not look up again.
func (b *bringUp) publishImages(ctx context.Context) error {
	if err := image.Publish(ctx, registryAddress, b.built...); err != nil {
		return err
	}

	digests := map[string]string{}

	for _, built := range b.built {
		loaded, err := built.Load()
		if err != nil {
			return err
		}

		digest, err := loaded.Digest()
		if err != nil {
			return errors.Wrapf(err, "cannot compute the digest of image %s", built.Names[0])
		}

		for _, name := range built.Names {
			digests[name] = digest.String()
		}
	}

	return forgetImages(ctx, b.paths, digests)
}

// forgetImages removes images from containerd whose digest is no longer that of
// their name, a repository and tag without a registry.
func forgetImages(ctx context.Context, p paths, digests map[string]string) error {
	conn, err := dialContainerd(p)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // Nothing is pending on this connection.

	service := cri.NewImageServiceClient(conn)

	list, err := service.ListImages(ctx, &cri.ListImagesRequest{})
	if err != nil {
		return errors.Wrap(err, "cannot list images in containerd")
	}

	for _, i := range list.GetImages() {
		for _, name := range staleNames(i.GetRepoTags(), i.GetRepoDigests(), digests) {
			request := &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: name}}
			if _, err := service.RemoveImage(ctx, request); err != nil {
				return errors.Wrapf(err, "cannot remove the outdated image %s", name)
			}
		}
	}

	return nil
}

// staleNames picks those of an image's names, which begin with a registry, that
// now belong to an image with a digest it does not have.
func staleNames(names, digested []string, digests map[string]string) []string {
	var stale []string

	for _, name := range names {
		_, short, _ := strings.Cut(name, "/")

		digest, published := digests[short]
		if published && !hasDigest(digested, digest) {
			stale = append(stale, name)
		}
	}

	return stale
}

func hasDigest(digested []string, digest string) bool {
	for _, d := range digested {
		if strings.HasSuffix(d, "@"+digest) {
			return true
		}
	}

	return false
}
