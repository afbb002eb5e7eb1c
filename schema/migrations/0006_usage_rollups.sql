CREATE TABLE "usage_late" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "usage_late_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"day" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_progress" (
	"name" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_rollup" (
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"grain" text NOT NULL,
	"period" timestamp with time zone NOT NULL,
	"requested_model" text,
	"provider" text,
	"model" text,
	"status" text,
	"api_key_id" uuid,
	"end_user" text,
	"tag_value" text,
	"folded" bigint NOT NULL,
	"calls" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"cache_hits" bigint NOT NULL,
	"input_tokens" bigint NOT NULL,
	"cached_input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"reasoning_tokens" bigint NOT NULL,
	"cost" numeric NOT NULL,
	"wasted" numeric NOT NULL,
	"saved" numeric NOT NULL,
	"unpriced_calls" bigint NOT NULL,
	"latency" text,
	"first_token" text,
	"succeeded" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"cancelled" bigint NOT NULL,
	"refused" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "usage_late_index" ON "usage_late" USING btree ("project_id","day");--> statement-breakpoint
CREATE INDEX "usage_rollup_index" ON "usage_rollup" USING btree ("project_id","kind","grain","period");--> statement-breakpoint
CREATE INDEX "usage_rollup_user_index" ON "usage_rollup" USING btree ("project_id","kind","end_user","grain","period") WHERE kind in ('end_user', 'end_user_detail');--> statement-breakpoint
CREATE INDEX "call_status_index" ON "call" USING btree ("project_id","status","created_at","id") WHERE status not in ('RUNNING', 'SUCCEEDED');--> statement-breakpoint
CREATE INDEX "call_provider_index" ON "call" USING btree ("project_id","provider","created_at","id") WHERE provider is not null;--> statement-breakpoint
CREATE INDEX "call_model_index" ON "call" USING btree ("project_id","model","created_at","id") WHERE model is not null;--> statement-breakpoint
CREATE INDEX "usage_hourly_hour_index" ON "usage_hourly" USING btree ("hour","project_id");