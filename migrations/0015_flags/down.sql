drop function flag_register(date, uuid[]);
drop index cases_lapsing;
drop table lapse_notices;
drop table flag_events;
drop table flags;
