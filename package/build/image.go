package main

import (
	"bytes"
	"os"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

const (
	// user is the user and group of a package's process. It is the number of
	// "nonroot" in distroless images, that policies know.
	user = "65532:65532"

	//nolint:gosec // A list of users, without credentials.
	passwd = "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n"
)

// packaged is a binary that has a package of its own.
type packaged struct {
	// kind of package, which names the executable in the image and the folder that
	// describes the package.
	kind string

	// command is the folder in cmd.
	command string

	// ports that the binary listens on.
	ports []string
}

// runtimeImage returns an image that runs executable as an unprivileged user
// and holds nothing else but the list of users.
func runtimeImage(p packaged, arch string, executable []byte) (v1.Image, error) {
	config := v1.Config{
		User:         user,
		Entrypoint:   []string{"/" + p.kind},
		WorkingDir:   "/",
		ExposedPorts: map[string]struct{}{},
	}
	for _, port := range p.ports {
		config.ExposedPorts[port] = struct{}{}
	}

	img := empty.Image

	for _, f := range []struct {
		path    string
		content []byte
		mode    os.FileMode
	}{
		{path: "etc/passwd", content: []byte(passwd), mode: 0o644},
		{path: p.kind, content: executable, mode: 0o755},
	} {
		layer, err := xpkg.Layer(bytes.NewReader(f.content), f.path, "", int64(len(f.content)), f.mode, &config)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot make the layer of /%s", f.path)
		}

		if img, err = mutate.AppendLayers(img, layer); err != nil {
			return nil, errors.Wrapf(err, "cannot add the layer of /%s", f.path)
		}
	}

	file, err := img.ConfigFile()
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the image's configuration")
	}

	file = file.DeepCopy()
	file.OS, file.Architecture, file.Config = "linux", arch, config

	img, err = mutate.ConfigFile(img, file)

	return img, errors.Wrap(err, "cannot set the image's configuration")
}
