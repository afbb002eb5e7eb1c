-- The first two statements are written by hand: there are other kinds of rows, so the job makes anew what there are calls of.
DELETE FROM "usage_rollup" WHERE "period" >= (SELECT "at" FROM "usage_progress" WHERE "name" = 'kept');--> statement-breakpoint
UPDATE "usage_progress" SET "at" = (SELECT "at" FROM "usage_progress" WHERE "name" = 'kept') WHERE "name" = 'compacted';--> statement-breakpoint
CREATE TABLE "usage_named" (
	"project_id" uuid NOT NULL,
	"tag" text NOT NULL,
	"grain" text NOT NULL,
	"period" timestamp with time zone NOT NULL,
	"known" bigint NOT NULL,
	"named" text[] NOT NULL,
	CONSTRAINT "usage_named_pkey" PRIMARY KEY("project_id","tag","grain","period")
);
--> statement-breakpoint
DROP INDEX "usage_rollup_folded_index";--> statement-breakpoint
DROP INDEX "usage_rollup_index";--> statement-breakpoint
DROP INDEX "usage_rollup_user_index";--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "folded" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "cache_hits" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "wasted" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "saved" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "unpriced_calls" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "failed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "cancelled" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ALTER COLUMN "refused" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_rollup" ADD COLUMN "second_value" text;--> statement-breakpoint
ALTER TABLE "usage_rollup" ADD COLUMN "tags" jsonb;--> statement-breakpoint
ALTER TABLE "usage_rollup" ADD COLUMN "second_folded" bigint;--> statement-breakpoint
CREATE INDEX "usage_named_period_index" ON "usage_named" USING btree ("period","project_id");--> statement-breakpoint
CREATE INDEX "usage_rollup_index" ON "usage_rollup" USING btree ("project_id","kind","grain","period","tag_value","second_value");--> statement-breakpoint
CREATE INDEX "usage_rollup_user_index" ON "usage_rollup" USING btree ("project_id","kind","end_user","grain","period") WHERE end_user is not null;