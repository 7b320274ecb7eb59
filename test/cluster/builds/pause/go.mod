module github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/builds/pause

go 1.26
