package main

import (
	"bytes"
	"embed"
	"path/filepath"
	"text/template"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

//go:embed config
var configTemplates embed.FS

// configFiles maps each template below config/ to the file made of it.
func configFiles(p paths) map[string]string {
	return map[string]string{
		"audit-policy.yaml":  filepath.Join(p.config(), "audit-policy.yaml"),
		"kubelet.yaml":       filepath.Join(p.config(), "kubelet.yaml"),
		"containerd.toml":    filepath.Join(p.config(), "containerd.toml"),
		"Corefile":           filepath.Join(p.config(), "Corefile"),
		"10-bridge.conflist": filepath.Join(p.cni(), "10-bridge.conflist"),
		// The name _default stands for every registry.
		"hosts.toml": filepath.Join(p.registryHosts(), "_default", "hosts.toml"),
	}
}

// writeConfig writes the configuration files of the cluster's components.
func writeConfig(p paths, pauseImage string) error {
	values := map[string]string{
		"PKI":              p.pki(),
		"Kubelet":          p.kubelet(),
		"ContainerdRoot":   p.containerdRoot(),
		"ContainerdState":  p.containerdState(),
		"ContainerdSocket": p.containerdSocket(),
		"PauseImage":       pauseImage,
		"CNI":              p.cni(),
		"CNIPlugins":       cniPlugins,
		"IPAM":             p.ipam(),
		"Bridge":           bridge,
		"BridgeAddress":    bridgeAddress,
		"PodRange":         podRange,
		"ServiceRange":     serviceRange,
		"CgroupRoot":       cgroupRoot,
		"RegistryHosts":    p.registryHosts(),
		"RegistryAddress":  registryAddress,
	}

	templates, err := template.New("").Option("missingkey=error").ParseFS(configTemplates, "config/*")
	if err != nil {
		return errors.Wrap(err, "cannot parse the configuration templates")
	}

	for name, path := range configFiles(p) {
		var content bytes.Buffer
		if err := templates.ExecuteTemplate(&content, name, values); err != nil {
			return errors.Wrapf(err, "cannot fill in %s", name)
		}

		if err := replaceFile(path, content.Bytes()); err != nil {
			return errors.Wrapf(err, "cannot write %s", path)
		}
	}

	return nil
}
