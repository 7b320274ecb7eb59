package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	// volumeCount suffices for a whole run of the end-to-end tests beside a demo: volumes are emptied only when
	// the cluster is brought up to date.
	volumeCount = 120
	volumeSize  = "100Gi"
)

// makeVolumes makes the volumes that bind to claims without a storage class,
// and empties and frees those whose claim is gone.
func (b *bringUp) makeVolumes(ctx context.Context) error {
	existing := &corev1.PersistentVolumeList{}
	if err := b.api.List(ctx, existing); err != nil {
		return errors.Wrap(err, "cannot list volumes")
	}

	inUse := map[string]bool{}

	for _, v := range existing.Items {
		capacity := v.Spec.Capacity[corev1.ResourceStorage]
		resized := v.Status.Phase == corev1.VolumeAvailable && capacity.Cmp(resource.MustParse(volumeSize)) != 0

		if v.Status.Phase != corev1.VolumeReleased && v.Status.Phase != corev1.VolumeFailed && !resized {
			inUse[v.GetName()] = true

			continue
		}

		if err := b.freeVolume(ctx, &v); err != nil {
			return err
		}
	}

	for i := range volumeCount {
		name := fmt.Sprintf("volume-%02d", i)
		if inUse[name] {
			continue
		}

		dir := filepath.Join(b.paths.volumes(), name)
		if err := makeVolumeDir(dir); err != nil {
			return err
		}

		if err := b.api.Create(ctx, volume(name, dir)); err != nil {
			return errors.Wrapf(err, "cannot make the volume %s", name)
		}
	}

	return nil
}

// freeVolume deletes a volume that was claimed, and waits until it is gone.
func (b *bringUp) freeVolume(ctx context.Context, v *corev1.PersistentVolume) error {
	if err := b.api.Delete(ctx, v); client.IgnoreNotFound(err) != nil {
		return errors.Wrapf(err, "cannot delete the volume %s", v.GetName())
	}

	err := waitFor(ctx, daemonStartLimit, func(ctx context.Context) error {
		err := b.api.Get(ctx, client.ObjectKeyFromObject(v), v)
		if kerrors.IsNotFound(err) {
			return nil
		}

		if err == nil {
			err = errors.New("it still exists")
		}

		return err
	})

	return errors.Wrapf(err, "cannot delete the volume %s", v.GetName())
}

// makeVolumeDir makes an empty directory that any user may write to: nobody
// changes the owner of a host directory to the group of a pod.
func makeVolumeDir(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return errors.Wrap(err, "cannot empty a volume")
	}

	if err := os.MkdirAll(dir, 0o750); err != nil {
		return errors.Wrap(err, "cannot make a volume")
	}

	// Not in MkdirAll, where the umask would take effect.
	return errors.Wrap(os.Chmod(dir, 0o777), "cannot open a volume to all users") //nolint:gosec // Pods of any user write to it; its parent is closed to the machine's users.
}

func volume(name, dir string) *corev1.PersistentVolume {
	directory := corev1.HostPathDirectory

	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(volumeSize)},
			AccessModes:                   []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce, corev1.ReadWriteMany},
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: dir, Type: &directory},
			},
		},
	}
}
