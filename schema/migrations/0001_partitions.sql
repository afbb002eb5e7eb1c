-- Written by hand, since drizzle-kit has no word for PARTITION BY: makes "call" and "attempt" partitioned by the time of
-- the call. Columns, keys and indexes stay as the migration before this one made them, so that drizzle-kit's picture of
-- the tables holds. The months' partitions are made by src/database/partitions.ts; the default ones catch what has none.
ALTER TABLE "call" RENAME TO "call_plain";
--> statement-breakpoint
CREATE TABLE "call" (LIKE "call_plain" INCLUDING DEFAULTS) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
DROP TABLE "call_plain";
--> statement-breakpoint
CREATE TABLE "call_default" PARTITION OF "call" DEFAULT;
--> statement-breakpoint
ALTER TABLE "call" ADD CONSTRAINT "call_pkey" PRIMARY KEY ("id", "created_at");
--> statement-breakpoint
CREATE INDEX "call_project_index" ON "call" USING btree ("project_id", "created_at", "id");
--> statement-breakpoint
CREATE INDEX "call_lease_index" ON "call" USING btree ("lease_until") WHERE status = 'RUNNING';
--> statement-breakpoint
CREATE INDEX "call_end_user_index" ON "call" USING btree ("project_id", "end_user", "created_at", "id") WHERE end_user is not null;
--> statement-breakpoint
CREATE INDEX "call_tags_index" ON "call" USING gin ("tags" jsonb_path_ops) WHERE tags <> '[]';
--> statement-breakpoint
ALTER TABLE "attempt" RENAME TO "attempt_plain";
--> statement-breakpoint
CREATE TABLE "attempt" (LIKE "attempt_plain" INCLUDING DEFAULTS) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
DROP TABLE "attempt_plain";
--> statement-breakpoint
CREATE TABLE "attempt_default" PARTITION OF "attempt" DEFAULT;
--> statement-breakpoint
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_pkey" PRIMARY KEY ("call_id", "created_at", "number");
