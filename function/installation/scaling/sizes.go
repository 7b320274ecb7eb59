package scaling

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
)

// defaultSize is used when neither the user nor the platform names one.
const defaultSize = "5000users"

// sizing is what a size means.
type sizing struct {
	replicas int32
	requests corev1.ResourceList
	limits   corev1.ResourceList
	nodes    []v1alpha1.RecommendedNodes
}

// sizes by name. The first nine are the Mattermost operator's (v1.25.9), with the
// node counts of its user guide. The others are the reference architectures of
// the server's documentation (server 9.5, PostgreSQL 14, 100 million posts): each
// replica gets what the documentation gives a node of the server.
//
//nolint:gochecknoglobals // A table.
var sizes = map[string]sizing{
	"miniSingleton": operatorSize(1, "10m", "150Mi", "2", "4Gi"),
	"miniHA":        operatorSize(2, "10m", "150Mi", "2", "4Gi"),
	"cloud10users":  operatorSize(2, "10m", "150Mi", "2", "4Gi"),
	"cloud100users": operatorSize(2, "50m", "256Mi", "2", "4Gi"),
	"100users":      operatorSize(1, "100m", "256Mi", "2", "4Gi"),
	"1000users":     operatorSize(2, "150m", "256Mi", "2", "4Gi"),
	"5000users":     operatorSize(2, "500m", "500Mi", "4", "8Gi", nodes("all", 6, 4, 8)),
	"10000users":    operatorSize(2, "500m", "500Mi", "4", "8Gi", nodes("all", 8, 4, 16)),
	"25000users":    operatorSize(2, "1", "4Gi", "4", "16Gi", nodes("all", 14, 4, 16)),

	"200users": referenceSize(nodes("app", 1, 2, 4),
		nodes("databaseWriter", 1, 2, 16), nodes("proxy", 1, 16, 64)),
	"2000users": referenceSize(nodes("app", 2, 2, 4),
		nodes("databaseWriter", 1, 2, 16), nodes("databaseReader", 1, 2, 16), nodes("search", 2, 4, 32), nodes("proxy", 1, 16, 64)),
	"15000users": referenceSize(nodes("app", 2, 4, 8),
		nodes("databaseWriter", 1, 4, 32), nodes("databaseReader", 1, 4, 32), nodes("search", 2, 4, 32), nodes("proxy", 1, 16, 64)),
	"30000users": referenceSize(nodes("app", 2, 8, 16),
		nodes("databaseWriter", 1, 8, 64), nodes("databaseReader", 1, 8, 64), nodes("search", 4, 8, 64), nodes("proxy", 1, 16, 64)),
	"50000users": referenceSize(nodes("app", 5, 8, 16),
		nodes("databaseWriter", 1, 8, 64), nodes("databaseReader", 4, 8, 64), nodes("search", 4, 8, 64), nodes("proxy", 1, 16, 64)),
	"80000users": referenceSize(nodes("app", 4, 16, 32),
		nodes("databaseWriter", 1, 16, 128), nodes("databaseReader", 3, 16, 128), nodes("search", 4, 8, 64), nodes("proxy", 1, 16, 64)),
	"90000users": referenceSize(nodes("app", 5, 16, 32),
		nodes("databaseWriter", 1, 16, 128), nodes("databaseReader", 4, 16, 128), nodes("search", 4, 8, 64), nodes("proxy", 1, 16, 64)),
	"100000users": referenceSize(nodes("app", 6, 16, 32),
		nodes("databaseWriter", 1, 16, 128), nodes("databaseReader", 5, 16, 128), nodes("search", 4, 8, 64), nodes("proxy", 1, 16, 64)),
	"200000users": referenceSize(nodes("app", 14, 16, 32),
		nodes("databaseWriter", 1, 16, 128), nodes("databaseReader", 6, 16, 128), nodes("search", 4, 8, 64), nodes("proxy", 4, 32, 128), nodes("redis", 1, 8, 32)),
}

func operatorSize(replicas int32, requestCPU, requestMemory, limitCPU, limitMemory string, recommended ...v1alpha1.RecommendedNodes) sizing {
	return sizing{
		replicas: replicas,
		requests: resources(resource.MustParse(requestCPU), resource.MustParse(requestMemory)),
		limits:   resources(resource.MustParse(limitCPU), resource.MustParse(limitMemory)),
		nodes:    recommended,
	}
}

// referenceSize gives each replica a whole node's share, as request and as limit:
// the documentation measured servers that had their node to themselves.
func referenceSize(app v1alpha1.RecommendedNodes, others ...v1alpha1.RecommendedNodes) sizing {
	const gib = 1 << 30
	each := resources(*resource.NewQuantity(int64(app.VCPU), resource.DecimalSI), *resource.NewQuantity(int64(app.MemoryGB)*gib, resource.BinarySI))
	return sizing{
		replicas: app.Count,
		requests: each,
		limits:   each.DeepCopy(),
		nodes:    append([]v1alpha1.RecommendedNodes{app}, others...),
	}
}

func resources(cpu, memory resource.Quantity) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: cpu, corev1.ResourceMemory: memory}
}

func nodes(role string, count, vCPU, memoryGB int32) v1alpha1.RecommendedNodes {
	return v1alpha1.RecommendedNodes{Role: role, Count: count, VCPU: vCPU, MemoryGB: memoryGB}
}
