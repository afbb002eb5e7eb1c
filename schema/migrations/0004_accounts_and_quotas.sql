ALTER TABLE "quota" DROP CONSTRAINT "quota_scope_unique";--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "api_key_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "quota" ALTER COLUMN "project_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "allowed_models" text[];--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "allowed_routes" text[];--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "allowed_origins" text[];--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "replaced_by" uuid;--> statement-breakpoint
ALTER TABLE "attempt" ADD COLUMN "service_tier" text;--> statement-breakpoint
ALTER TABLE "call" ADD COLUMN "charges" jsonb;--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "store" text DEFAULT 'NONE' NOT NULL;--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "quota" ADD COLUMN "thresholds" jsonb DEFAULT '[50,80,100]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "quota" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "quota_window" ADD COLUMN "subject" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "quota_expiry_index" ON "quota" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "quota_window" DROP CONSTRAINT "quota_window_pkey";
--> statement-breakpoint
ALTER TABLE "quota_window" ADD CONSTRAINT "quota_window_pkey" PRIMARY KEY("quota_id","window_start","subject");--> statement-breakpoint
ALTER TABLE "quota" ADD CONSTRAINT "quota_scope_unique" UNIQUE NULLS NOT DISTINCT("project_id","scope_type","scope_key","scope_value","unit","window_name");--> statement-breakpoint
-- Keys that could do everything still can.
UPDATE "api_key" SET "scopes" = array_append("scopes", 'operator') WHERE "scopes" @> '{complete,read,admin}';
