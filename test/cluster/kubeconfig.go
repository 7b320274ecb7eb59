package main

import (
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// contextName is the name of the cluster, user and context in every kubeconfig.
const contextName = "cluster"

// administrator is the component whose kubeconfig is handed to people.
const administrator = "admin"

// identities are the clients of the API server, by component. The system: names
// have their permissions from the API server's own bootstrap policy. CoreDNS has
// no such name, and only reads.
func identities() map[string]subject {
	return map[string]subject{
		administrator:             {name: "crossplane-mattermost-admin", groups: []string{"system:masters"}},
		"kube-controller-manager": {name: "system:kube-controller-manager"},
		"kube-scheduler":          {name: "system:kube-scheduler"},
		"kube-proxy":              {name: "system:kube-proxy"},
		"kubelet":                 {name: "system:node:" + nodeName, groups: []string{"system:nodes"}},
		"coredns":                 {name: "coredns", groups: []string{"system:masters"}},
	}
}

// writeKubeconfigs writes one kubeconfig file, complete in itself, for each
// identity.
func writeKubeconfigs(p paths, ca *authority) error {
	for component, s := range identities() {
		c, err := ca.issue(s)
		if err != nil {
			return err
		}

		content, err := kubeconfig(ca.pem, c)
		if err != nil {
			return err
		}

		path := p.identity(component)
		if component == administrator {
			path = p.kubeconfig()
		}

		if err := replaceFile(path, content); err != nil {
			return errors.Wrapf(err, "cannot write the kubeconfig of %s", component)
		}
	}

	return nil
}

func kubeconfig(ca []byte, c credentials) ([]byte, error) {
	config := api.NewConfig()
	config.Clusters[contextName] = &api.Cluster{Server: "https://" + apiserverAddress, CertificateAuthorityData: ca}
	config.AuthInfos[contextName] = &api.AuthInfo{ClientCertificateData: c.certificate, ClientKeyData: c.key}
	config.Contexts[contextName] = &api.Context{Cluster: contextName, AuthInfo: contextName}
	config.CurrentContext = contextName

	content, err := clientcmd.Write(*config)

	return content, errors.Wrap(err, "cannot encode a kubeconfig")
}
