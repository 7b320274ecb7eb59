// Package dump is a dump of a database, wherever it lies: what made it, how it is packed,
// and the way to read it.
package dump

import (
	"context"
	"io"
)

// Engine is the kind of database that a dump is of.
type Engine string

// Engines.
const (
	PostgreSQL Engine = "PostgreSQL"
	MySQL      Engine = "MySQL"
)

// Format of a dump, once decompressed.
type Format string

// Formats.
const (
	// PostgresCustom is an archive of pg_dump -Fc.
	PostgresCustom Format = "pg_dump custom"
	// PostgresDirectory is a folder of pg_dump -Fd.
	PostgresDirectory Format = "pg_dump directory"
	// PostgresTar is an archive of pg_dump -Ft.
	PostgresTar Format = "pg_dump tar"
	// PostgresPlain is SQL of pg_dump.
	PostgresPlain Format = "pg_dump plain"
	// MySQLPlain is SQL of mysqldump or mariadb-dump.
	MySQLPlain Format = "mysqldump"
)

// Engine that a format is of.
func (f Format) Engine() Engine {
	if f == MySQLPlain {
		return MySQL
	}
	return PostgreSQL
}

// Dump is a dump that can be read, more than once.
type Dump struct {
	Format Format
	// Bytes as it is stored.
	Bytes int64
	// MattermostVersion that it was made of, if that is known.
	MattermostVersion string
	// Content reads the dump from its beginning, decompressed. The reader ends with an
	// error marked as job.ReasonCorrupt instead of io.EOF if what it read is not what
	// was stored, as far as that can be told: nothing may be made of what was read
	// before io.EOF. Nil if the format is PostgresDirectory.
	Content func(ctx context.Context) (io.ReadCloser, error)
	// Download writes the files of a PostgresDirectory to an empty directory. Nil for
	// other formats.
	Download func(ctx context.Context, dir string) error
}
