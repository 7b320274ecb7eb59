package dbtool_test

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// ofMariaDB is a small dump with a server's tables.
const ofMariaDB = "-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n/*!40101 SET NAMES utf8mb4 */;\n" +
	"CREATE TABLE `Systems` (\n  `Name` varchar(64) NOT NULL,\n  `Value` varchar(1024) DEFAULT NULL,\n  PRIMARY KEY (`Name`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n" +
	"INSERT INTO `Systems` VALUES ('Marker','mysql');\n" +
	"CREATE TABLE `db_migrations` (\n  `Version` bigint NOT NULL,\n  `Name` varchar(64) NOT NULL,\n  PRIMARY KEY (`Version`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n" +
	"INSERT INTO `db_migrations` VALUES (100,'last');\n-- Dump completed\n"

// TestStructureIsCopied asserts that a restore of a MySQL dump keeps the functions, views
// and indexes of the existing database.
func TestStructureIsCopied(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", []byte(ofMariaDB))
	target := newDatabase(t, mattermost(100, "old")+"CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE INDEX lowered ON systems (lower(value)); CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM systems;")
	e := restoreEnv(t, target, bucket, "dump", "uid-1")
	must(t, run(t, e, job.CommandCheck))
	must(t, run(t, e, job.CommandRestore))
	if got := query(t, target, "SELECT value || touch() || (SELECT count FROM counted) || (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND indexname = 'lowered') FROM systems"); got != "mysql111" {
		t.Errorf("marker, function, view, index: %q", got)
	}
}
