drop function calendar_of, mail_of, tell, closed_to, uuid_v7;
drop table calendar_feeds, outbox, notification_preferences, notifications, jobs;
