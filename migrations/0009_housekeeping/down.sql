drop function sweep;
drop index notifications_read;
