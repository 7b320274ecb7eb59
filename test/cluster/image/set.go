package image

import "github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"

// Demo returns the images that the demo and most tests need.
func Demo() ([]Image, error) {
	postgres, err := Postgres()
	if err != nil {
		return nil, err
	}
	return []Image{Pause(), Crossplane(), VersityGW(), postgres, Mattermost(artifact.Mattermost11)}, nil
}

// EndToEnd returns the images of Demo and what the upgrade tests start from.
func EndToEnd() ([]Image, error) {
	demo, err := Demo()
	if err != nil {
		return nil, err
	}
	return append(demo, Mattermost(artifact.Mattermost11Earlier), Mattermost(artifact.Mattermost9)), nil
}

// Further are images that only some tests need, by name.
func Further() map[string]Image {
	return map[string]Image{artifact.ToolProgram: DBTool(), "mariadb": MariaDB()}
}
