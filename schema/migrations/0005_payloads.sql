-- Partitioned by day, and its contents stored as they are sent: drizzle-kit has no words for these two, so they were added
-- by hand. The days' partitions are made by src/database/partitions.ts; the default one catches what has none.
CREATE TABLE "payload" (
	"call_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"project_id" uuid NOT NULL,
	"end_user" text,
	"store" text NOT NULL,
	"encoding" text NOT NULL,
	"request" bytea NOT NULL,
	"response" bytea,
	"request_bytes" integer NOT NULL,
	"response_bytes" integer NOT NULL,
	CONSTRAINT "payload_pkey" PRIMARY KEY("call_id","created_at")
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
ALTER TABLE "payload" ALTER COLUMN "request" SET STORAGE EXTERNAL, ALTER COLUMN "response" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TABLE "payload_default" PARTITION OF "payload" DEFAULT;
--> statement-breakpoint
CREATE TABLE "payload_erasure" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"before" timestamp with time zone NOT NULL,
	"call_id" uuid,
	"end_user_hash" text
);
--> statement-breakpoint
CREATE INDEX "payload_project_index" ON "payload" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "payload_end_user_index" ON "payload" USING btree ("project_id","end_user") WHERE end_user is not null;--> statement-breakpoint
CREATE INDEX "payload_erasure_project_index" ON "payload_erasure" USING btree ("project_id");