DROP TABLE "usage_detail_hourly" CASCADE;
--> statement-breakpoint
-- Written by hand: nothing is summed up yet.
INSERT INTO "usage_progress" ("name", "at") VALUES ('closed', 'epoch'), ('compacted', 'epoch'), ('kept', 'epoch');
