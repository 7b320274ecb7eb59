package mysql

import (
	"context"
	"regexp"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// mayReplace tries what replacing needs, with names that nothing else has, and leaves
// nothing behind: grants cannot be asked for in a way that all servers know.
func (d *Database) mayReplace(ctx context.Context, request string) error {
	if err := d.noTriggers(ctx); err != nil {
		return err
	}
	restoring, replaced := quote(database.Restoring(request)), quote(database.Replaced(request))
	err := d.statements(ctx,
		"CREATE DATABASE IF NOT EXISTS "+restoring,
		"CREATE DATABASE IF NOT EXISTS "+replaced,
		"CREATE TABLE IF NOT EXISTS "+restoring+".attempt (id int)",
		"RENAME TABLE "+restoring+".attempt TO "+replaced+".attempt",
	)
	dropped := d.statements(ctx, "DROP DATABASE IF EXISTS "+restoring, "DROP DATABASE IF EXISTS "+replaced)
	if failure.Reason(err) == job.ReasonDatabaseDenied || failure.Reason(dropped) == job.ReasonDatabaseDenied {
		return failure.Errorf(job.ReasonDatabaseDenied, "user %[1]q may not make databases for data that is restored or replaced: GRANT ALL ON `restoring\\_%%`.* and ON `replaced\\_%%`.* TO %[1]s", d.config.User)
	}
	return errors.Wrap(errors.Join(err, dropped), "cannot make databases for data that is restored or replaced")
}

// noTriggers fails if tables have triggers: they cannot move to another database then.
func (d *Database) noTriggers(ctx context.Context) error {
	count := 0
	err := d.pool.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = ?", d.name()).Scan(&count)
	if err == nil && count > 0 {
		return failure.New(job.ReasonInvalid, "tables of the database have triggers, which are not Mattermost's: drop them")
	}
	return errors.Wrap(classify(err), "cannot list triggers")
}

// statements are executed up to the first that fails.
func (d *Database) statements(ctx context.Context, all ...string) error {
	for _, statement := range all {
		if _, err := d.pool.ExecContext(ctx, statement); err != nil {
			return classify(err)
		}
	}
	return nil
}

// global matches a grant on everything, and role a grant of a role, as SHOW GRANTS writes
// them.
var (
	global = regexp.MustCompile(`^GRANT (.+) ON \*\.\* TO `)
	role   = regexp.MustCompile("^GRANT ([`'].+) TO ")
)

// powers are privileges that reach beyond databases, to files of the server or to the
// server itself.
//
//nolint:gochecknoglobals // A constant list.
var powers = []string{"ALL PRIVILEGES", "FILE", "SUPER"}

// noPowers fails if the connected user has privileges, directly or by a role, that reach
// beyond the data, unless that is allowed.
func (d *Database) noPowers(ctx context.Context, allowed bool) error {
	if allowed {
		return nil
	}
	// Roles may contain roles. Each is asked for once.
	asked := map[string]bool{}
	for next := []string{"CURRENT_USER()"}; len(next) > 0; next = next[1:] {
		if asked[next[0]] {
			continue
		}
		asked[next[0]] = true
		grants, err := d.grants(ctx, next[0])
		if failure.Reason(err) == job.ReasonDatabaseDenied && next[0] != "CURRENT_USER()" {
			// A role whose privileges the server does not show may have any.
			return d.powerful("a role whose privileges it may not see")
		}
		if err != nil {
			return err
		}
		for _, grant := range grants {
			if m := role.FindStringSubmatch(grant); m != nil {
				next = append(next, strings.Split(m[1], ",")...)
			}
			if m := global.FindStringSubmatch(grant); m != nil && isPower(m[1]) {
				return d.powerful("FILE or SUPER, itself or by a role")
			}
		}
	}
	return nil
}

// powerful returns the error for a user with too many privileges, and how to create one
// without them.
func (d *Database) powerful(what string) error {
	return failure.Errorf(job.ReasonDatabaseDenied, "user %[1]q has %[3]s, and a dump is not trusted with such rights. Use a user without: "+
		"CREATE USER 'mattermost_restore'@'%%' IDENTIFIED BY '<password>'; GRANT ALL ON `%[2]s`.* TO 'mattermost_restore'@'%%'; "+
		"GRANT ALL ON `restoring\\_%%`.* TO 'mattermost_restore'@'%%'; GRANT ALL ON `replaced\\_%%`.* TO 'mattermost_restore'@'%%'. "+
		"The platform's policy can permit it all the same: tool.allowSuperuser", d.config.User, d.name(), what)
}

// isPower says whether a list of privileges contains one that reaches beyond databases.
func isPower(list string) bool {
	for privilege := range strings.SplitSeq(list, ",") {
		for _, power := range powers {
			if strings.TrimSpace(privilege) == power {
				return true
			}
		}
	}
	return false
}

// grants of a user, or of a role.
func (d *Database) grants(ctx context.Context, of string) ([]string, error) {
	rows, err := d.pool.QueryContext(ctx, "SHOW GRANTS FOR "+of)
	if err != nil {
		return nil, errors.Wrap(classify(err), "cannot ask for privileges")
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		grant := ""
		if err := rows.Scan(&grant); err != nil {
			return nil, errors.Wrap(classify(err), "cannot ask for privileges")
		}
		all = append(all, grant)
	}
	return all, errors.Wrap(classify(rows.Err()), "cannot ask for privileges")
}
