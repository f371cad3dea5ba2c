drop table calendar_feeds, outbox, notification_preferences, notifications, jobs;
