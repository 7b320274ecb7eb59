package postgres

import (
	"context"
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// maxHeld limits the number of held statements, and maxHeldSize the size of their tokens.
// The part of a dump before the data is small.
const (
	maxHeld     = 1 << 20
	maxHeldSize = 64 << 20
)

// held is a statement that waits, with its number in the dump.
type held struct {
	tokens []token
	number int
}

// data says whether a statement loads rows. In every dump of pg_dump all tables are created
// before the first such statement.
func data(tokens []token) bool {
	return tokens[0].is("copy") || tokens[0].is("insert")
}

// hold a statement until the schema of the server's tables is known.
func (p *player) hold(s *splitter, tokens []token) error {
	for _, t := range tokens {
		p.heldSize += len(t.text) + 16
	}
	if len(p.held) >= maxHeld || p.heldSize > maxHeldSize {
		return failure.New(job.ReasonInvalid, "the dump has more statements before its first row than dumps of servers have")
	}
	// Settings that affect how texts are read must be applied at once.
	if of := p.place.judge(tokens); of.verdict == understood {
		if of.backslashes != nil {
			s.backslashes = *of.backslashes
		}
		if of.encoding != "" {
			s.utf8 = of.encoding == "utf8" || of.encoding == "unicode"
		}
	}
	p.held = append(p.held, held{tokens, s.count})
	return nil
}

// release the held statements, now that the schema of the server's tables is known.
func (p *player) release(ctx context.Context, s *splitter) error {
	if p.place.home != "" {
		return nil
	}
	home, err := p.place.find(p.held)
	if err != nil {
		return err
	}
	p.place.home = home
	if p.place.foreign[home] && home != p.target {
		return failure.Errorf(job.ReasonInvalid, "the dump's tables are in schema %s, which has other tables in this database", shown(home))
	}
	backslashes := s.backslashes
	for _, h := range p.held {
		if err := p.carryOut(ctx, s, h.tokens, h.number); err != nil {
			return err
		}
	}
	s.backslashes, p.held = backslashes, nil
	return nil
}

// find the schema that contains the server's tables.
func (p place) find(all []held) (string, error) {
	var found []string
	for _, h := range all {
		c := &cursor{tokens: h.tokens}
		if of, _ := c.oneOf("set", "select"); of != "" {
			if of := p.judge(h.tokens); of.path != nil {
				p.path = *of.path
			}
			continue
		}
		if _, ok := c.oneOf("create table", "create unlogged table"); !ok {
			continue
		}
		c.words("if not exists")
		n, _ := c.name()
		n = p.resolve(n)
		if n.local == systems && n.schema != "" && !isCatalog(n.schema) && !p.isProgram(n.schema) && !slices.Contains(found, n.schema) {
			found = append(found, n.schema)
		}
	}
	switch len(found) {
	case 0:
		return "", notMattermost()
	case 1:
		return found[0], nil
	}
	return "", several(found...)
}

// isServers says whether a statement creates the tables of a server in another schema,
// whose data may be the wanted one.
func (p place) isServers(of statement) bool {
	return of.about.local == systems && of.title == "CREATE TABLE" && of.about.schema != "" && !p.isProgram(of.about.schema)
}

func several(found ...string) error {
	return failure.Errorf(job.ReasonInvalid, "the dump has tables of a Mattermost server in several schemas (%s): dump the one that the server uses, with pg_dump --schema", shownNames(found...))
}
