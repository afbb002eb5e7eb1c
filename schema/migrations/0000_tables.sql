CREATE TABLE "api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"prefix" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_key_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "attempt" (
	"call_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"number" integer NOT NULL,
	"project_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"answered_model" text,
	"key_name" text,
	"outcome" text NOT NULL,
	"failure_kind" text,
	"failure_message" text,
	"http_status" integer,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" double precision NOT NULL,
	"first_token_ms" double precision,
	"input_tokens" bigint,
	"cached_input_tokens" bigint,
	"cache_write_tokens" bigint,
	"cache_write_hour_tokens" bigint,
	"output_tokens" bigint,
	"reasoning_tokens" bigint,
	"usage_estimated" boolean,
	"cost_input" bigint,
	"cost_cached_input" bigint,
	"cost_cache_write" bigint,
	"cost_output" bigint,
	"price" jsonb,
	CONSTRAINT "attempt_pkey" PRIMARY KEY("call_id","created_at","number")
);
--> statement-breakpoint
CREATE TABLE "call" (
	"id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"project_id" uuid NOT NULL,
	"api_key_id" uuid NOT NULL,
	"requested_model" text NOT NULL,
	"end_user" text,
	"tags" jsonb NOT NULL,
	"status" text NOT NULL,
	"lease_until" timestamp with time zone,
	"reservations" jsonb,
	"finished_at" timestamp with time zone,
	"provider" text,
	"model" text,
	"error_type" text,
	"error_message" text,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"cached_input_tokens" bigint DEFAULT 0 NOT NULL,
	"cache_write_tokens" bigint DEFAULT 0 NOT NULL,
	"cache_write_hour_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"reasoning_tokens" bigint DEFAULT 0 NOT NULL,
	"usage_estimated" boolean DEFAULT false NOT NULL,
	"priced" boolean DEFAULT true NOT NULL,
	"cost_input" bigint DEFAULT 0 NOT NULL,
	"cost_cached_input" bigint DEFAULT 0 NOT NULL,
	"cost_cache_write" bigint DEFAULT 0 NOT NULL,
	"cost_output" bigint DEFAULT 0 NOT NULL,
	"wasted" bigint DEFAULT 0 NOT NULL,
	"saved" bigint DEFAULT 0 NOT NULL,
	"total_ms" double precision,
	"first_token_ms" double precision,
	"overhead_ms" double precision,
	"attempts" integer DEFAULT 0 NOT NULL,
	"cache_status" text DEFAULT 'BYPASS' NOT NULL,
	"plan" jsonb,
	"last_seq" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "call_pkey" PRIMARY KEY("id","created_at")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"project_id" uuid NOT NULL,
	"key_hash" text NOT NULL,
	"input_hash" text NOT NULL,
	"call_id" uuid NOT NULL,
	"call_created_at" timestamp with time zone NOT NULL,
	"claimed_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"answer" json,
	CONSTRAINT "idempotency_pkey" PRIMARY KEY("project_id","key_hash")
);
--> statement-breakpoint
CREATE TABLE "project" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "project_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "quota" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"scope_type" text NOT NULL,
	"scope_key" text NOT NULL,
	"scope_value" text NOT NULL,
	"unit" text NOT NULL,
	"window_name" text NOT NULL,
	"limit_amount" numeric NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quota_scope_unique" UNIQUE("project_id","scope_type","scope_key","scope_value","unit","window_name")
);
--> statement-breakpoint
CREATE TABLE "quota_window" (
	"quota_id" uuid NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"used" numeric NOT NULL,
	"reserved" numeric NOT NULL,
	CONSTRAINT "quota_window_pkey" PRIMARY KEY("quota_id","window_start")
);
--> statement-breakpoint
CREATE TABLE "usage_detail_hourly" (
	"hour" timestamp with time zone NOT NULL,
	"project_id" uuid NOT NULL,
	"group_key" uuid NOT NULL,
	"requested_model" text NOT NULL,
	"provider" text,
	"model" text,
	"status" text NOT NULL,
	"api_key_id" uuid NOT NULL,
	"end_user" text,
	"tags" jsonb DEFAULT '[]' NOT NULL,
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
	"latency" jsonb NOT NULL,
	"first_token" jsonb NOT NULL,
	CONSTRAINT "usage_detail_hourly_pkey" PRIMARY KEY("project_id","hour","group_key")
);
--> statement-breakpoint
CREATE TABLE "usage_hourly" (
	"hour" timestamp with time zone NOT NULL,
	"project_id" uuid NOT NULL,
	"group_key" uuid NOT NULL,
	"requested_model" text NOT NULL,
	"provider" text,
	"model" text,
	"status" text NOT NULL,
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
	"latency" jsonb NOT NULL,
	"first_token" jsonb NOT NULL,
	CONSTRAINT "usage_hourly_pkey" PRIMARY KEY("project_id","hour","group_key")
);
--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quota" ADD CONSTRAINT "quota_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quota_window" ADD CONSTRAINT "quota_window_quota_id_quota_id_fk" FOREIGN KEY ("quota_id") REFERENCES "public"."quota"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_key_project_index" ON "api_key" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "api_key_prefix_index" ON "api_key" USING btree ("prefix");--> statement-breakpoint
CREATE INDEX "call_project_index" ON "call" USING btree ("project_id","created_at","id");--> statement-breakpoint
CREATE INDEX "call_lease_index" ON "call" USING btree ("lease_until") WHERE status = 'RUNNING';--> statement-breakpoint
CREATE INDEX "call_end_user_index" ON "call" USING btree ("project_id","end_user","created_at","id") WHERE end_user is not null;--> statement-breakpoint
CREATE INDEX "call_tags_index" ON "call" USING gin ("tags" jsonb_path_ops) WHERE tags <> '[]';--> statement-breakpoint
CREATE INDEX "idempotency_call_index" ON "idempotency" USING btree ("call_id");--> statement-breakpoint
CREATE INDEX "idempotency_expiry_index" ON "idempotency" USING btree ("expires_at");