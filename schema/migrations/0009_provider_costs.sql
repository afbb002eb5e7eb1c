CREATE TABLE "provider_cost" (
	"provider" text NOT NULL,
	"day" date NOT NULL,
	"model" text,
	"source" text NOT NULL,
	"cost" numeric,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"requests" bigint,
	"imported_at" timestamp with time zone NOT NULL,
	CONSTRAINT "provider_cost_unique" UNIQUE NULLS NOT DISTINCT("provider","source","day","model")
);
--> statement-breakpoint
CREATE INDEX "provider_cost_day_index" ON "provider_cost" USING btree ("day");