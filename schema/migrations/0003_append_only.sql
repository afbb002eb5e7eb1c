-- Written by hand, since drizzle-kit has no word for triggers: what administrators did, and what they published, is
-- history, which nobody changes.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "route_version_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "route_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
