-- Written by hand: there are more kinds of rows, so the job makes anew what there are calls of.
INSERT INTO "usage_progress" ("name", "at") VALUES ('recent', 'epoch');--> statement-breakpoint
DELETE FROM "usage_rollup" WHERE "period" >= (SELECT "at" FROM "usage_progress" WHERE "name" = 'kept');--> statement-breakpoint
UPDATE "usage_progress" SET "at" = (SELECT "at" FROM "usage_progress" WHERE "name" = 'kept') WHERE "name" = 'compacted';--> statement-breakpoint
DROP INDEX "usage_rollup_user_index";--> statement-breakpoint
CREATE INDEX "usage_rollup_folded_index" ON "usage_rollup" USING btree ("project_id","kind","period") WHERE folded > 0;--> statement-breakpoint
CREATE INDEX "usage_rollup_period_index" ON "usage_rollup" USING btree ("period","project_id");--> statement-breakpoint
CREATE INDEX "usage_rollup_user_index" ON "usage_rollup" USING btree ("project_id","kind","end_user","grain","period") WHERE kind in ('end_user', 'end_user_model', 'end_user_detail');