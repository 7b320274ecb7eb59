package image

import (
	"fmt"
	"io/fs"
)

// caBundle is the same path on the Debian machine the image is made on and in
// the image: the certificate authorities are this machine's.
const caBundle = "/etc/ssl/certs/ca-certificates.crt"

const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// An account is a user in an image, with the group of the same name.
type account struct {
	name string
	id   int
	home string
}

// base returns what a statically linked program expects to find: accounts,
// certificate authorities and a place for temporary files.
func base(a account) files {
	f := files{}
	users, groups := "root:x:0:0:root:/root:/sbin/nologin\n", "root:x:0:\n"
	for _, a := range []account{a, {name: "nobody", id: 65534, home: "/nonexistent"}} {
		users += fmt.Sprintf("%s:x:%d:%d:%s:%s:/sbin/nologin\n", a.name, a.id, a.id, a.name, a.home)
		groups += fmt.Sprintf("%s:x:%d:\n", a.name, a.id)
	}
	f.text("etc/passwd", modeFile, users)
	f.text("etc/group", modeFile, groups)
	f.copy(caBundle[1:], modeFile, caBundle)
	f.dir("tmp", fs.ModeSticky|0o777, owner{})
	return f
}

// user is the account as an image's configuration names it.
func (a account) user() string {
	return fmt.Sprintf("%d:%d", a.id, a.id)
}

func (a account) owner() owner {
	return owner{uid: a.id, gid: a.id}
}
