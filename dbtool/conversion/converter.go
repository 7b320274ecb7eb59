package conversion

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// sink takes rows of COPY, table after table.
type sink interface {
	// write a row to columns of a table. The row is good during the call.
	write(table string, columns []string, row []byte) error
}

// converter turns rows of MySQL into rows of COPY.
type converter struct {
	tables tables
	sink   sink
	// strict ends with the first value that cannot be converted; otherwise all are
	// counted.
	strict bool

	// name and columns that the destination is of.
	name    string
	columns []string
	to      *destination
	names   []string
	row     []byte

	// rows that were written, by table of PostgreSQL.
	rows map[string]int64
	// leftOut are rows of tables that are not converted, by table of MySQL.
	leftOut map[string]int64
	// cleaned are values that characters were left out of, by column.
	cleaned map[string]int64
	// wrong are values that cannot be converted, by column and fault.
	wrong map[string]int64
}

func newConverter(t tables, s sink, strict bool) *converter {
	return &converter{
		tables: t, sink: s, strict: strict,
		rows: map[string]int64{}, leftOut: map[string]int64{}, cleaned: map[string]int64{}, wrong: map[string]int64{},
	}
}

// addTable notes a table before its rows.
func (c *converter) addTable(name string, columns []string) error {
	to, err := c.tables.destination(name, columns)
	switch {
	case err != nil:
		return err
	case to != nil:
		c.rows[to.table] += 0
	case !slices.Contains(ownTables, strings.ToLower(name)):
		c.leftOut[name] += 0
	}
	return nil
}

// addRow converts a row.
func (c *converter) addRow(name string, columns []string, values [][]byte) error {
	if name != c.name || !slices.Equal(columns, c.columns) {
		to, err := c.tables.destination(name, columns)
		if err != nil {
			return err
		}
		c.name, c.columns, c.to = name, slices.Clone(columns), to
		if to != nil {
			c.names = to.names()
		}
	}
	if c.to == nil {
		if _, ok := c.leftOut[name]; ok {
			c.leftOut[name]++
		}
		return nil
	}
	c.row = c.row[:0]
	for i, target := range c.to.columns {
		if target.name == "" {
			continue
		}
		c.addValue(values[i], target) //nolint:gosec // There are as many values as columns: see mysqldump.Visitor.
		c.row = append(c.row, '\t')
	}
	if c.strict && len(c.wrong) > 0 {
		return c.verdict()
	}
	// The tab after the last value ends the row.
	c.row[len(c.row)-1] = '\n'
	c.rows[c.to.table]++
	return c.sink.write(c.to.table, c.names, c.row)
}

// addValue to the row.
func (c *converter) addValue(value []byte, target column) {
	row, cleaned, wrong := appendValue(c.row, value, target)
	c.row = row
	switch {
	case wrong != "":
		c.wrong[fmt.Sprintf("%s.%s %s", c.to.table, target.name, wrong)]++
	case cleaned:
		c.cleaned[c.to.table+"."+target.name]++
	}
}

// verdict on all that was converted.
func (c *converter) verdict() error {
	if len(c.wrong) == 0 {
		return nil
	}
	var faults []string
	for _, what := range slices.Sorted(maps.Keys(c.wrong)) {
		faults = append(faults, fmt.Sprintf("%s (values: %d)", what, c.wrong[what]))
	}
	return failure.Errorf(job.ReasonMismatch, "the dump has values that PostgreSQL does not take: %s; correct them in MySQL, and dump again", strings.Join(faults, "; "))
}

// report what is not as it was.
func (c *converter) report(log *slog.Logger) {
	for _, table := range c.leftOutTables() {
		log.Warn("Left out: the installation has no such table, or it is a plugin's", "table", table, "rows", c.leftOut[table])
	}
	for _, column := range slices.Sorted(maps.Keys(c.cleaned)) {
		log.Warn("Characters that PostgreSQL does not store were left out", "column", column, "values", c.cleaned[column])
	}
}

// leftOutTables of the dump, sorted.
func (c *converter) leftOutTables() []string { return slices.Sorted(maps.Keys(c.leftOut)) }
