CREATE TABLE "audit" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"project_id" uuid,
	"api_key_id" uuid NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"changes" jsonb NOT NULL,
	"comment" text
);
--> statement-breakpoint
CREATE TABLE "rating" (
	"call_id" uuid NOT NULL,
	"metric" text NOT NULL,
	"api_key_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"call_created_at" timestamp with time zone NOT NULL,
	"score" double precision NOT NULL,
	"comment" text,
	"rated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rating_pkey" PRIMARY KEY("call_id","metric","api_key_id")
);
--> statement-breakpoint
CREATE TABLE "route_in_force" (
	"name" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "route_version" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"config" json NOT NULL,
	"comment" text,
	"api_key_id" uuid NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	CONSTRAINT "route_version_pkey" PRIMARY KEY("name","version")
);
--> statement-breakpoint
ALTER TABLE "call" ADD COLUMN "variants" jsonb;--> statement-breakpoint
CREATE INDEX "audit_subject_index" ON "audit" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "rating_project_index" ON "rating" USING btree ("project_id","call_created_at");--> statement-breakpoint
CREATE INDEX "call_variants_index" ON "call" USING btree ("project_id","created_at") WHERE variants is not null;