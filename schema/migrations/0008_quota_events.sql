CREATE TABLE "quota_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"quota_id" uuid NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"subject" text NOT NULL,
	"threshold" integer NOT NULL,
	"project_id" uuid,
	"scope_type" text NOT NULL,
	"scope_key" text NOT NULL,
	"scope_value" text NOT NULL,
	"unit" text NOT NULL,
	"window_name" text NOT NULL,
	"limit_amount" numeric NOT NULL,
	"used" numeric NOT NULL,
	"reserved" numeric NOT NULL,
	"dispatched_at" timestamp with time zone,
	CONSTRAINT "quota_event_unique" UNIQUE("quota_id","window_start","subject","threshold")
);
--> statement-breakpoint
CREATE TABLE "webhook_delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"endpoint" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"last_error" text,
	CONSTRAINT "webhook_delivery_unique" UNIQUE("event_id","endpoint")
);
--> statement-breakpoint
CREATE INDEX "quota_event_at_index" ON "quota_event" USING btree ("at");--> statement-breakpoint
CREATE INDEX "quota_event_dispatch_index" ON "quota_event" USING btree ("at") WHERE dispatched_at is null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_due_index" ON "webhook_delivery" USING btree ("next_at") WHERE ended_at is null;