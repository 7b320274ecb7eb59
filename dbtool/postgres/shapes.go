package postgres

// skipping returns a shape for statements of a kind that are never run, whatever they
// contain.
func skipping(what string) func(place, *cursor) statement {
	return func(place, *cursor) statement { return statement{verdict: skip, what: what} }
}

// elsewhere skips an object of another schema and refuses one of the server's own schema,
// since no dump of a server contains it.
func elsewhere(p place, c *cursor) statement {
	schema, ok := c.identifier()
	if !ok || !c.sign(".") || isCatalog(schema) || schema == p.home {
		return refused("")
	}
	return statement{verdict: skip, what: "statements of schema " + shown(schema), about: name{schema: schema}}
}

// shapes of all statements that pg_dump writes. The first shape that fits counts.
//
//nolint:gochecknoglobals // A constant table.
var shapes = []shape{
	{"copy", copied},
	{"insert into", inserted},
	{"select", selected},
	{"set", settings},

	{"create table", table}, {"create unlogged table", table},
	{"create sequence", named}, {"create unlogged sequence", named},
	{"create type", typed}, {"create domain", named},
	{"create unique index", index}, {"create index", index},
	{"create view", view}, {"create or replace view", view}, {"create materialized view", materialized},
	{"create collation", named}, {"create text search configuration", named}, {"create text search dictionary", named},
	{"create function", function}, {"create or replace function", function}, {"create procedure", function}, {"create or replace procedure", function},
	{"create schema", schema},
	{"create extension", extension},
	{"alter table", alterTable}, {"alter sequence", alterSequence}, {"alter index", alterIndex},
	{"alter text search configuration", alterMapping},
	{"refresh materialized view", refresh},
	{"comment on", comment},

	{"grant", skipping("grants")}, {"revoke", skipping("grants")}, {"alter default privileges", skipping("default privileges")},
	{"security label", skipping("security labels")},
	{"create user mapping", nothing},
	{"create role", skipping("roles")}, {"create user", skipping("roles")}, {"create group", skipping("roles")},
	{"alter role", skipping("roles")}, {"alter user", skipping("roles")}, {"alter group", skipping("roles")},
	{"create database", skipping("databases")}, {"alter database", skipping("databases")}, {"create tablespace", skipping("databases")},
	{"create publication", skipping("publications")}, {"alter publication", skipping("publications")},
	{"create subscription", skipping("subscriptions")}, {"alter subscription", skipping("subscriptions")},
	{"create event trigger", skipping("triggers")}, {"alter event trigger", skipping("triggers")},
	{"create trigger", skipping("triggers")}, {"create or replace trigger", skipping("triggers")}, {"create constraint trigger", skipping("triggers")},
	{"create policy", skipping("policies")}, {"alter policy", skipping("policies")},
	{"create statistics", skipping("statistics")}, {"alter statistics", skipping("statistics")},
	{"create procedural language plpgsql", skipping("languages")}, {"create or replace procedural language plpgsql", skipping("languages")},
	{"create language plpgsql", skipping("languages")},
	{"alter extension", skipping("extensions")},
	{"drop", skipping("DROP statements")},

	{"create aggregate", elsewhere}, {"create operator class", elsewhere}, {"create operator family", elsewhere}, {"create operator", elsewhere},
	{"create conversion", elsewhere}, {"create foreign table", elsewhere},
	{"alter", owned},
}

// nothing refuses statements that no restorable dump contains.
func nothing(place, *cursor) statement { return refused("") }

// owned skips a statement that sets an owner. It names the owner of the place that the dump
// comes from.
func owned(_ place, c *cursor) statement {
	if isOwner(c.tokens) {
		return statement{verdict: skip, what: "owners"}
	}
	return refused("")
}

// isOwner says whether a statement ends in OWNER TO and a role.
func isOwner(tokens []token) bool {
	n := len(tokens)
	return n > 4 && tokens[n-3].is("owner") && tokens[n-2].is("to") && tokens[n-1].identifier() && !tokens[1].is("system") && !separate(tokens)
}
