package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Loaded is what came into a schema.
type Loaded struct {
	Tables int64
	Rows   int64
	// LeftOut are tables of the source that have no place here.
	LeftOut []string
}

// Load brings new data into a schema, in the one transaction that moved the old data
// away and that will be committed, or rolled back, by its caller. The schema has no
// tables of the server's when it is called.
type Load func(ctx context.Context, tx pgx.Tx, schema string) (Loaded, error)
